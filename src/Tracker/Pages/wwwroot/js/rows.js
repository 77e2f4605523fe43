// The feed beneath the cards: lines come on top, settle in place, and machines fold together.
import { say } from './say.js';
import { part } from './server.js';
import { isHeld, whenFree } from './hold.js';
import { showTimes } from './times.js';

/** Lines kept at the top of the page; older ones are fetched again when asked for. */
const most = 2000;
/** Earlier lines stand in blocks of so many, a screen and a half: the browser leaves out blocks that are out of sight, and has few of them to watch. */
const block = 40;

export class Rows {
  #list;
  #bar;
  #earlier;
  #wrong; // Why earlier lines could not be fetched.
  #waiting = [];

  constructor(list, bar, earlier) {
    this.#list = list;
    this.#bar = bar;
    this.#earlier = earlier;
  }

  start() {
    this.#list.addEventListener('click', event => {
      const button = event.target.closest('[data-why]');
      if (button) this.#why(button);
    });
    this.#bar.addEventListener('click', () => this.#showWaiting());
    this.#earlier.addEventListener('click', () => this.#more());
  }

  /** Takes a line in: one that is there settles where it is, a new one goes on top. */
  put(row) {
    const there = document.getElementById(row.id);
    if (there) {
      this.#settle(there, row);
      return;
    }
    this.#waiting.push(row);
    if (isHeld(this.#list)) {
      this.#showBar();
      whenFree(this.#list, () => this.#showWaiting());
    } else {
      this.#showWaiting();
    }
  }

  /** The verdict changes; the line keeps its height and its place. Only when nobody is about to click does a machine's line fold away. */
  #settle(there, row) {
    const open = there.querySelector('.reasons');
    if (open) row.append(open);
    there.replaceWith(row);
    if (row.classList.contains('machine') && !row.closest('.fold')) {
      if (isHeld(this.#list)) whenFree(this.#list, () => this.#fold(row));
      else this.#fold(row);
    }
  }

  #showWaiting() {
    // Where the rep reads further down, the browser keeps the place (scroll anchoring).
    for (const row of this.#waiting) {
      row.classList.add('arrives');
      this.#insert(row);
      if (row.classList.contains('machine')) this.#fold(row);
    }
    this.#waiting = [];
    this.#showBar();
    this.#trim();
    showTimes(this.#list.firstElementChild ?? this.#list);
  }

  #insert(row) {
    const at = Number(row.dataset.at);
    let before = this.#list.firstElementChild;
    while (before && timeOf(before) > at) before = before.nextElementSibling;
    this.#list.insertBefore(row, before);
  }

  #showBar() {
    this.#bar.hidden = this.#waiting.length === 0;
    this.#bar.textContent = `${this.#waiting.length} new`;
  }

  /** Puts a machine's line into the fold beside it, or makes one. */
  #fold(row) {
    if (!row.isConnected || row.closest('.fold') || !row.classList.contains('machine')) return;
    const beside = [row.nextElementSibling, row.previousElementSibling].find(node => node?.classList.contains('fold'));
    if (beside) {
      const list = beside.querySelector('ol');
      if (beside === row.nextElementSibling) list.prepend(row);
      else list.append(row);
      count(beside);
      return;
    }
    const fold = document.createElement('li');
    fold.className = 'fold';
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    const number = document.createElement('b');
    number.className = 'number';
    summary.append(number, ' automatic');
    details.append(summary, document.createElement('ol'));
    fold.append(details);
    row.replaceWith(fold);
    details.querySelector('ol').append(row);
    count(fold);
  }

  #trim() {
    while (this.#list.children.length > most) this.#list.lastElementChild.remove();
  }

  async #why(button) {
    const line = button.closest('.line');
    const there = line.querySelector('.reasons');
    button.setAttribute('aria-expanded', String(!there));
    if (there) {
      there.remove();
      return;
    }
    try {
      const content = await part(`/now/hits/${button.dataset.why}`);
      showTimes(content);
      line.append(content);
    } catch (error) {
      const wrong = document.createElement('p');
      wrong.className = 'reasons wrong';
      wrong.textContent = error.message;
      line.append(wrong);
    }
  }

  #append(rows) {
    for (let from = 0; from < rows.length; from += block) {
      const part = document.createElement('li');
      const list = document.createElement('ol');
      part.className = 'block';
      list.append(...rows.slice(from, from + block));
      part.style.setProperty('--rows', list.children.length);
      part.append(list);
      this.#list.append(part);
    }
  }

  async #more() {
    this.#wrong?.remove();
    this.#earlier.setAttribute('aria-busy', 'true');
    try {
      const content = await part(`/now/earlier?before=${this.#list.dataset.before}`);
      const list = content.querySelector('ol');
      showTimes(content);
      this.#list.dataset.before = list.dataset.before;
      this.#earlier.hidden = list.dataset.before === '0';
      // What has come in live meanwhile stands there already.
      this.#append([...list.children].filter(row => !row.id || !document.getElementById(row.id)));
    } catch (error) {
      // The button stays, so that it can be tried again.
      this.#wrong = document.createElement('p');
      this.#wrong.className = 'wrong';
      this.#wrong.textContent = error.message;
      this.#earlier.after(this.#wrong);
      say(error.message);
    } finally {
      this.#earlier.removeAttribute('aria-busy');
    }
  }
}

const timeOf = node => Number(node.dataset.at ?? node.querySelector('.line')?.dataset.at ?? 0);

function count(fold) {
  fold.querySelector('.number').textContent = fold.querySelectorAll('.line').length;
}
