// Only filters: everything can be read without.
"use strict";
(() => {
  const form = document.getElementById("filters");
  const entries = [...document.querySelectorAll("details.entry")];
  const groups = [...document.querySelectorAll(".group")];
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const folded = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
  const words = new Map();  // each entry's words, once they are looked for

  const wordsOf = (entry) => {
    if (!words.has(entry)) words.set(entry, folded(entry.textContent));
    return words.get(entry);
  };

  const filter = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const sought = folded(wanted.words);
    let left = 0;
    for (const entry of entries) {
      const fits = ["set", "type", "writer"].every((name) => !wanted[name] || entry.dataset[name] === wanted[name])
        && (!wanted.outcome || entry.dataset.keys.split(" ").includes(wanted.outcome))
        && (!sought || wordsOf(entry).includes(sought));
      entry.hidden = !fits;
      left += fits;
    }
    for (const group of groups) {
      const open = group.querySelectorAll("details.entry:not([hidden])").length;
      group.hidden = !open;
      group.querySelector("h3 small").textContent = open;
    }
    nothing.hidden = left > 0 || !entries.length;
    count.textContent = `${left === entries.length ? left : `${left} of ${entries.length}`} ${form.dataset.noun}`;
  };

  const all = (open) => entries.forEach((entry) => { if (!entry.hidden) entry.open = open; });

  // A link to a question opens it, whatever the filters say.
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = name && document.getElementById(name);
    const entry = target && target.closest("details.entry");
    if (!entry) return;
    if (entry.hidden) { form.reset(); filter(); }
    entry.open = true;
    target.scrollIntoView();
    if (target === entry) entry.querySelector("summary").focus({preventScroll: true});
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.getElementById("open").addEventListener("click", () => all(true));
  document.getElementById("close").addEventListener("click", () => all(false));
  document.addEventListener("click", (event) => {  // a link to where we are already changes no hash
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("load", follow);  // not before: the browser itself goes to the link's target until then
  filter();
})();
