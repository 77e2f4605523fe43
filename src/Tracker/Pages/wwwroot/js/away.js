// What was missed while away: the page remembers in this browser how far the rep has seen, and when.
import { part } from './server.js';

const store = 'tracker.seen';
/** Shorter than this is no absence. */
const away = 20 * 60_000;
let hiddenAt = null;
let newest = 0;

function mark(id) {
  if (!document.hidden) localStorage.setItem(store, JSON.stringify({ id, at: Date.now() }));
}

/** The rep has the page before them: what is on it counts as seen. */
export function seen(id) {
  newest = id;
  mark(id);
}

async function digest(after) {
  const place = document.getElementById('away');
  try {
    place.replaceChildren(await part(`/now/away?after=${after}`));
    place.hidden = place.children.length === 0;
  } catch {
    // A digest that cannot be had now is worth no error: the page itself says what is wrong with the connection.
    place.hidden = true;
  }
}

export function startAway(last) {
  newest = last;
  let before = null;
  try {
    before = JSON.parse(localStorage.getItem(store));
  } catch {
    // Somebody else's entry under this name: as if there were none.
  }
  if (before && before.id < last && Date.now() - before.at > away) digest(before.id);
  mark(last);
  setInterval(() => mark(newest), 60_000);
  let seenUntil = last;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hiddenAt = Date.now();
      seenUntil = newest;
      return;
    }
    if (hiddenAt && Date.now() - hiddenAt > away) digest(seenUntil);
    hiddenAt = null;
    mark(newest);
  });
  document.getElementById('away').addEventListener('click', event => {
    if (event.target.closest('[data-dismiss]')) document.getElementById('away').hidden = true;
  });
}
