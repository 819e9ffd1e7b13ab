// Adding letters: what the plain form does, with a list of what was chosen, a bar while it is sent, and no reloading
// while the letters are read. Without this script everything works all the same.
"use strict";
(() => {
  const byId = (name) => document.getElementById(name);

  const megabytes = (bytes) =>
    bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;

  function chooseAndSend(form) {
    const input = byId("files"), drop = byId("drop"), chosen = byId("chosen"), error = byId("files-error");
    const sending = byId("sending"), words = byId("sending-words"), bar = byId("sending-bar");
    const button = form.querySelector("button[type=submit]");
    const most = Number(form.dataset.files), largest = Number(form.dataset.bytes);

    const complain = (text) => {
      error.textContent = text;
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    };

    const problem = () => {
      const files = [...input.files];
      if (!files.length) return "Choose at least one file.";
      if (files.length > most) return `You chose ${files.length} files. At most ${most} can be added at once.`;
      const heavy = files.find((file) => file.size > largest);
      return heavy ? `${heavy.name} is larger than ${Math.round(largest / 2 ** 20)} MB. Choose the others without it.` : "";
    };

    const show = () => {
      chosen.replaceChildren(
        ...[...input.files].slice(0, 200).map((file) => {
          const line = document.createElement("li"), size = document.createElement("span");
          line.textContent = `${file.name} `;
          size.textContent = megabytes(file.size);
          line.append(size);
          return line;
        }),
      );
      chosen.hidden = !input.files.length;
      complain(input.files.length ? problem() : "");
    };

    const idle = () => {
      sending.hidden = true;
      button.disabled = false;
    };

    const send = () => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.onprogress = (event) => {
        const part = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
        bar.value = part;
        const said = part < 100 ? "Sending the files…" : "Keeping the files…";
        if (words.textContent !== said) words.textContent = said;
      };
      request.onload = () => {
        const reply = request.response || {};
        if (reply.next) location.assign(reply.next);
        else {
          idle();
          complain(reply.error || "The files could not be sent. Please try again.");
          input.focus();
        }
      };
      request.onerror = () => {
        idle();
        complain("The files could not be sent. Is the program still running?");
        input.focus();
      };
      bar.value = 0;
      words.textContent = "Sending the files…";
      sending.hidden = false;
      button.disabled = true;
      request.send(new FormData(form));
    };

    form.noValidate = true;
    input.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wrong = problem();
      complain(wrong);
      if (wrong) input.focus();
      else send();
    });
    for (const kind of ["dragenter", "dragover"])
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    drop.addEventListener("dragleave", (event) => drop.contains(event.relatedTarget) || drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        show();
      }
    });
    addEventListener("pageshow", idle); // on the way back from the next page
    if (input.files.length) show();
  }

  function watch(box) {
    const words = byId("working-words"), bar = byId("working-bar");
    const address = `../add/${box.dataset.batch}`; // from the batch's own page
    const look = async () => {
      try {
        const reply = await fetch(`${address}.json`, { headers: { Accept: "application/json" } });
        const state = await reply.json();
        if (!reply.ok || ["done", "failed"].includes(state.state)) {
          // What the work was about takes the focus, and is read out.
          location.replace(`${address}?done${location.hash || "#result"}`);
          return;
        }
        if (words.textContent !== state.says) words.textContent = state.says;
        if (state.state === "reading" && state.total) {
          bar.max = state.total;
          bar.value = state.done;
        } else bar.removeAttribute("value");
      } catch {
        words.textContent = "The program does not answer. Is it still running?";
      }
      setTimeout(look, 700);
    };
    look();
  }

  const form = byId("add-form"), box = byId("working");
  if (form) chooseAndSend(form);
  if (box) watch(box);
})();
