// Opened from a folder (file://), a browser starts no worker, and the search is one. Here it runs in a hidden frame
// instead; on a server nothing is changed. The name is the one under which Zensical looks for such a script: it would
// otherwise fetch one from another host.
if (location.protocol === "file:") {
  window.Worker = class FrameWorker {
    onmessage = null;
    onerror = null;
    onmessageerror = null;

    constructor(address) {
      const url = new URL(address, location.href).href.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "Search";
      this.frame.answer = (data) => setTimeout(() => this.onmessage?.({ data }));
      this.frame.srcdoc =
        "<script>self.postMessage = (data) => frameElement.answer(data)</script>" + `<script src="${url}"></script>`;
      this.loaded = new Promise((resolve) => this.frame.addEventListener("load", resolve, { once: true }));
      document.body.append(this.frame);
    }

    async postMessage(data) {
      await this.loaded;
      this.frame.contentWindow?.onmessage?.({ data });
    }

    terminate() {
      this.frame.remove();
    }
  };
}
