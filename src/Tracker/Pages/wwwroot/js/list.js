// A list of cards that is walked by keyboard; one of them is the current one, to which keys go when nothing has the focus.

export function makeCurrent(list, card) {
  for (const other of list.querySelectorAll('[data-current]')) other.removeAttribute('data-current');
  card?.setAttribute('data-current', '');
}

function onArrow(list, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog, [data-sheet]')) return;
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  const cards = [...list.children];
  if (!step || cards.length === 0 || (event.key.startsWith('Arrow') && !list.contains(document.activeElement))) return;
  event.preventDefault();
  const at = Math.max(0, cards.findIndex(card => card.hasAttribute('data-current')));
  const card = cards[Math.max(0, Math.min(cards.length - 1, at + (cards[at].contains(document.activeElement) ? step : 0)))];
  card.focus();
  card.scrollIntoView({ block: 'nearest' });
}

export function startList(list) {
  list.addEventListener('focusin', event => makeCurrent(list, event.target.closest('.call')));
  document.addEventListener('keydown', event => onArrow(list, event));
  makeCurrent(list, list.querySelector('.call'));
}
