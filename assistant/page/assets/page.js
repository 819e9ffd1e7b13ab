// Runs once, for all of the page that needs no answer from the server: links to copy, printing, the way to an earlier
// question, and what happens to a question that is sent while another one is being answered.

const BUSY = 'Still answering. Your next question stays in the box: press Ask again when this answer is there.';
const IN_LINE = 'Other questions are being answered. Yours waits for its turn.';
const OVER = 'You are no longer signed in. Your question is in the box: sign in on another tab, then press Ask again.';
const COPIED = 'Copied';
const PATIENCE = 1500; // milliseconds until a question that has not begun is said to wait
const box = () => document.querySelector('#question textarea');

function say(words) {
  const status = document.querySelector('#status [role="status"]');
  if (status) status.textContent = words;
}

// A session that is over is said here, in words that help; Gradio would say that something failed.
const fetched = window.fetch;
let over = false;
window.fetch = async (...request) => {
  const answer = await fetched(...request);
  if (answer.status === 401) {
    over = true;
    say(OVER);
  }
  return answer;
};

// While a question waits for its answer, the next one stays in the box.
function keep(event) {
  if (!document.querySelector('#chat .waiting')) return sayIfInLine(box()?.value);
  event.preventDefault();
  event.stopImmediatePropagation();
  if (box()?.value.trim()) say(BUSY);
}

// What the server answers changes the questions on the page or the evidence; until then a question is in line.
function sayIfInLine(question) {
  if (!question?.trim()) return;
  const state = () => [
    box()?.value,
    document.querySelectorAll('#chat .asked').length,
    document.querySelector('#evidence .evidence')?.dataset.stamp,
  ].join();
  const sent = state();
  over = false;
  setTimeout(() => state() === sent && !over && say(IN_LINE), PATIENCE);
}

document.addEventListener('keydown', (event) => {
  const sends = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
  if (sends && event.target.matches?.('#question textarea')) keep(event);
  if (event.key === 'Escape') closeHistory(event.target);
}, true);

document.addEventListener('click', (event) => {
  if (event.target.closest?.('#ask')) keep(event);
}, true);

document.addEventListener('click', (event) => {
  const control = event.target.closest?.('#print, #chat button[name="copy"], .skip');
  if (!event.target.closest?.('.history') || event.target.closest('.history a')) closeHistory(null);
  if (!control) return;
  if (control.id === 'print') window.print();
  else if (control.name === 'copy') copy(control);
  else {
    event.preventDefault();
    box()?.focus();
  }
});

// A link to an answer. Where the browser does not let us copy it, it is shown, ready to be copied by hand.
async function copy(button) {
  const address = new URL(button.value, window.location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = COPIED;
    say('The link is copied.');
  } catch {
    show(button, address);
  }
}

function show(button, address) {
  let field = button.parentElement.querySelector('input');
  if (!field) {
    const label = document.createElement('label');
    label.textContent = 'Copy this link: ';
    field = document.createElement('input');
    field.readOnly = true;
    label.append(field);
    button.after(label);
  }
  field.value = address;
  field.focus();
  field.select();
}

function closeHistory(from) {
  const open = document.querySelector('.history[open]');
  if (!open) return;
  open.removeAttribute('open');
  if (from && open.contains(from)) open.querySelector('summary').focus();
}

// One answer is printed: the one whose evidence is shown, with that evidence. In the dark too, paper is white.
function choosePrinted() {
  const turn = Number(document.querySelector('#evidence .evidence')?.dataset.turn);
  const rows = document.querySelectorAll('#chat :is(.asked, .answer)');
  for (const row of rows) row.classList.remove('printed');
  const asked = [...document.querySelectorAll('#chat .asked')][turn - 1];
  const answer = [...document.querySelectorAll('#chat .answer')][turn - 1];
  for (const row of [asked, answer]) row?.classList.add('printed');
}

window.addEventListener('beforeprint', choosePrinted);
