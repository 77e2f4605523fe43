// One key for each action. Whatever carries data-key is pressed by that key: "c", or "g n" for one after the other.
// The innermost part that is marked data-keys wins: an open form before its card, the card before the page.

const off = 'tracker.keysOff';
let first = '';

export const keysAreOff = () => localStorage.getItem(off) === '1';

const isTyping = node => node.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');

const isShown = node => node.getClientRects().length > 0 || node.closest('.rail') !== null;

/** Where keys are looked for, the nearest first. A page with a list sets `current` to the item that keys go to when nothing has the focus. */
function scopes() {
  const found = [];
  const start = document.activeElement?.closest('[data-keys]') ?? document.querySelector('[data-keys][data-current]');
  for (let node = start; node; node = node.parentElement?.closest('[data-keys]')) found.push(node);
  found.push(document);
  return found;
}

function find(key) {
  for (const scope of scopes()) {
    const hit = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);
    if (hit) return hit;
  }
  return null;
}

function press(node) {
  if (node.matches('input, select, textarea')) node.focus();
  else node.click();
}

/** What a button says, without the hint for its key. */
function words(node) {
  const copy = node.cloneNode(true);
  for (const hint of copy.querySelectorAll('kbd')) hint.remove();
  return copy.textContent.replace(/\s+/g, ' ').trim();
}

function help() {
  const dialog = document.getElementById('help');
  const list = dialog.querySelector('.keys');
  const said = new Set();
  list.replaceChildren();
  for (const node of document.querySelectorAll('[data-key]')) {
    const key = node.dataset.key;
    if (said.has(key) || !isShown(node)) continue;
    said.add(key);
    const term = document.createElement('dt');
    for (const part of key.split(' ')) {
      const cap = document.createElement('kbd');
      cap.textContent = part;
      term.append(cap, ' ');
    }
    const about = document.createElement('dd');
    about.textContent = node.dataset.keySays ?? node.getAttribute('aria-label') ?? words(node);
    list.append(term, about);
  }
  dialog.querySelector('#keys-off').checked = keysAreOff();
  dialog.showModal();
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || (isTyping(event.target) && event.key !== 'Escape')) return;
  if (document.querySelector('dialog[open]')) return;
  const key = event.key;
  if (key === '?') {
    event.preventDefault();
    help();
    return;
  }
  if (keysAreOff()) return;
  const node = (first && find(`${first} ${key}`)) || find(key);
  first = key.length === 1 && !node ? key : '';
  if (node) {
    event.preventDefault();
    press(node);
  }
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
  document.getElementById('keys-off')?.addEventListener('change', event => localStorage.setItem(off, event.target.checked ? '1' : '0'));
  // A menu closes when the rep goes elsewhere.
  document.addEventListener('click', event => {
    for (const menu of document.querySelectorAll('details.more[open], details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });
}
