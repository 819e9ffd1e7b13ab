"""Where passages are kept and searched: embedded (Chroma and tantivy), or on a Milvus server."""
