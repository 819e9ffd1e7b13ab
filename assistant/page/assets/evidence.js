// Runs once in the evidence panel. A citation in the chat, or a control in the panel, asks the server for the
// passage ("show"); when the new evidence is there, the focus goes to the words and they are scrolled into view.
// Whatever asks a question without its box ("submit") goes through here too: a button under an answer, a question
// that is offered, a link.

const ASKS = 'a[href^="#cite-"], a[href^="#turn-"], [data-go], [data-back-to]';
const ASKS_AGAIN = ':is(#chat, #welcome) button:is([name="widen"], [name="page"], [name="drop"], [name="offer"])';
const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
let messages = 0;
let opener = null;
let refocus = null;
let follow = false;

function glide(target, block) {
  target.scrollIntoView({ block, behavior: CALM.matches ? 'auto' : 'smooth' });
}

function goTo(target, block) {
  if (!target) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  glide(target, block);
}

const question = () => document.querySelector('#question textarea');
const marker = (turn, n) => document.querySelector(`#chat a[href="#cite-${turn}-${n}"]`);
const asked = (turn) => document.querySelectorAll('#chat .asked')[turn - 1];

// Where reading goes on when a letter is closed: the marker it was opened from, else its first one, else its card.
function wayBack(turn, n) {
  const from = opener?.isConnected && opener.getAttribute('href') === `#cite-${turn}-${n}` ? opener : null;
  return from ?? marker(turn, n) ?? element.querySelector(`#card-${turn}-${n} .open`) ?? question();
}

function wish(control) {
  const hash = control.dataset.go ?? control.getAttribute('href');
  const [, action, turn, n] = /^#(cite|close|turn)-(\d+)(?:-(\d+))?$/.exec(hash) ?? [];
  return action && { action, turn: Number(turn), n: Number(n) || 0 };
}

document.addEventListener('click', (event) => {
  if (!element.isConnected) return;
  const again = event.target.closest?.(ASKS_AGAIN);
  if (again) return askAgain(again);
  const control = event.target.closest?.(ASKS);
  if (!control || control.disabled) return;
  event.preventDefault();
  if (control.dataset.backTo) {
    const [turn, n] = control.dataset.backTo.split('-');
    return goTo(wayBack(turn, n), 'center');
  }
  const wanted = wish(control);
  if (!wanted) return;
  if (control.matches('#chat a')) opener = control;
  if (wanted.action === 'turn') goTo(asked(wanted.turn), 'start');
  ask(wanted);
});

function ask(wanted) {
  refocus = wanted.action === 'close' ? wanted : null;
  trigger('show', wanted);
}

document.addEventListener('keydown', (event) => {
  const card = element.querySelector('.card.opened');
  if (event.key !== 'Escape' || !card || !event.target.closest?.('#evidence, #chat')) return;
  const [, turn, n] = card.id.split('-').map(Number);
  ask({ action: 'close', turn, n });
});

function askAgain(button) {
  if (document.querySelector('#chat .waiting')) return;
  follow = true;
  const [first, second] = button.value.split('-').map(Number);
  const wanted = button.name === 'offer' ? { offer: first } : { turn: first };
  if (button.name === 'page') wanted.page = second;
  if (button.name === 'drop') wanted.drop = second;
  trigger('submit', wanted);
}

// A new answer is read from its beginning: when a question or its answer comes, the question goes to the top.
function showNewest() {
  const questions = document.querySelectorAll('#chat .asked');
  const waiting = document.querySelector('#chat .waiting');
  const shown = questions.length + document.querySelectorAll('#chat .answer:not(.waiting)').length;
  const newest = questions[questions.length - 1];
  unname();
  const log = document.querySelector('#chat [role="log"]');
  log?.setAttribute('aria-busy', String(Boolean(waiting)));
  log?.setAttribute('aria-label', 'Conversation');
  if (shown > messages) {
    glide(newest, 'start');
    if (follow || document.activeElement?.closest?.('#stop') || document.activeElement === document.body) goTo(newest, 'start');
    follow = false;
  }
  messages = shown;
}

// Gradio names each message by its markup, for nobody's good.
function unname() {
  for (const message of document.querySelectorAll('#chat [data-testid][aria-label]')) message.removeAttribute('aria-label');
}

// Gradio's own live region stays one (aria-live), but the page has one status: the sentence above the question box.
for (const region of document.querySelectorAll('.sr-only[role="status"]')) region.removeAttribute('role');

// The marker of the passage that is open stands out in the answer.
function showCurrent() {
  const open = element.querySelector('.card.opened')?.id.replace('card', '#cite');
  for (const link of document.querySelectorAll('#chat a.marker')) {
    link.classList.toggle('current', link.getAttribute('href') === open);
  }
}

// The words in the letter, with the head of their card where both fit.
function showWords(mark) {
  const card = mark.closest('.card');
  const room = Math.min(window.innerHeight, element.closest('#evidence').clientHeight);
  const fits = mark.getBoundingClientRect().bottom - card.getBoundingClientRect().top < room - 40;
  mark.focus({ preventScroll: true });
  glide(fits ? card : mark, fits ? 'start' : 'center');
}

// A question that was stopped or that failed goes back into its box, unless the next one is being typed there.
function putBack(words) {
  const box = question();
  if (!words || !box || box.value) return;
  box.value = words;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  if (document.activeElement === document.body || document.activeElement.closest('#stop')) box.focus();
}

watch('value', () => {
  showCurrent();
  const evidence = element.querySelector('.evidence');
  putBack(evidence?.dataset.back);
  if (evidence?.dataset.focus === 'mark') return showWords(element.querySelector('#hit'));
  if (refocus) goTo(wayBack(refocus.turn, refocus.n), 'center');
  else element.closest('#evidence')?.scrollTo({ top: 0 });
  refocus = null;
});

new MutationObserver(showNewest).observe(document.querySelector('#conversation') ?? document.body, {
  childList: true,
  subtree: true,
});

// The page was opened by a link that asks a question or chooses filters.
const fields = new URLSearchParams(window.location.search);
if (['q', 'year', 'authority', 'kind'].some((name) => fields.has(name))) {
  trigger('submit', { link: window.location.search });
}
