// Runs once in the evidence panel. A citation in the chat, or a control in the panel, asks the server for the
// passage ("show"); when the new evidence is there, the focus goes to the words and they are scrolled into view.
// A button under an answer asks its question again, of every letter or for another page ("submit"); the focus goes to
// the new question.

const ASKS = 'a[href^="#cite-"], [data-go], [data-letter], [data-back]';
const ASKS_AGAIN = '#chat button:is([name="widen"], [name="page"])';
const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');
let messages = 0;
let lastLink = null;
let refocus = null;
let follow = false;

function glide(target, block) {
  target.scrollIntoView({ block, behavior: CALM.matches ? 'auto' : 'smooth' });
}

function backToAnswer(hash) {
  const link = document.querySelector(`#chat a[href="${hash}"]`);
  const target = link ?? (lastLink?.isConnected ? lastLink : document.querySelector('#question textarea'));
  target?.focus({ preventScroll: true });
  if (target) glide(target, 'center');
}

function wish(control) {
  if (control.dataset.letter) return { action: 'letter', letter: control.dataset.letter };
  const hash = control.dataset.go ?? control.getAttribute('href');
  if (hash === '#library') return { action: 'library' };
  const parts = /^#(cite|whole|close)-(\d+)-(\d+)$/.exec(hash);
  return parts && { action: parts[1], turn: Number(parts[2]), n: Number(parts[3]) };
}

document.addEventListener('click', (event) => {
  if (!element.isConnected) return;
  const again = event.target.closest?.(ASKS_AGAIN);
  if (again) return askAgain(again);
  const control = event.target.closest?.(ASKS);
  if (!control || control.disabled) return;
  event.preventDefault();
  if (control.dataset.back) return backToAnswer(control.dataset.back);
  const asked = wish(control);
  if (!asked) return;
  if (control.matches('#chat a')) lastLink = control;
  refocus = asked.action === 'close' ? `#card-${asked.turn}-${asked.n} .open` : null;
  trigger('show', asked);
});

function askAgain(button) {
  if (document.querySelector('#chat .waiting')) return;
  follow = true;
  const [turn, page] = button.value.split('-').map(Number);
  trigger('submit', button.name === 'page' ? { turn, page } : { turn });
}

function showWords() {
  const mark = element.querySelector('#hit');
  if (!mark) return;
  mark.focus({ preventScroll: true });
  glide(mark, 'center');
}

// A new answer is read from its beginning: when a question or its answer comes, the question goes to the top.
function showNewest() {
  const asked = document.querySelectorAll('#chat .asked');
  const shown = asked.length + document.querySelectorAll('#chat .answer:not(.waiting)').length;
  const newest = asked[asked.length - 1];
  if (shown > messages) glide(newest, 'start');
  if (shown > messages && follow) {
    newest.tabIndex = -1;
    newest.focus({ preventScroll: true });
    follow = false;
  }
  messages = shown;
}

// Gradio's own live region stays one (aria-live), but the page has one status: the sentence above the question box.
for (const region of document.querySelectorAll('.sr-only[role="status"]')) region.removeAttribute('role');

// The marker of the passage that is open stands out in the answer.
function showCurrent() {
  const [, turn, n] = /^card-(\d+)-(\d+)$/.exec(element.querySelector('.card.opened')?.id ?? '') ?? [];
  for (const link of document.querySelectorAll('#chat a.marker')) {
    link.classList.toggle('current', link.getAttribute('href') === `#cite-${turn}-${n}`);
  }
}

watch('value', () => {
  showCurrent();
  const focus = element.querySelector('.evidence')?.dataset.focus;
  if (focus === 'mark') return showWords();
  const target = refocus ? element.querySelector(refocus) : focus === 'heading' ? element.querySelector('h2') : null;
  refocus = null;
  if (target) {
    target.focus({ preventScroll: true });
    glide(target, target.matches('h2') ? 'start' : 'center');
  } else {
    element.closest('#evidence')?.scrollTo({ top: 0 });
  }
});

new MutationObserver(showNewest).observe(document.querySelector('#conversation') ?? document.body, {
  childList: true,
  subtree: true,
});
