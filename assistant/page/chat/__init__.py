"""The conversation: what is shown beside what, and its layout in Gradio."""
