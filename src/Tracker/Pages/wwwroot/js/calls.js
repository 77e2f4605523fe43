// The cards of people to call: which is current, what keys and buttons do, and how cards come and go.
import { part, post } from './server.js';
import { isHeld, whenFree } from './hold.js';
import { showTimes } from './times.js';
import { say } from './say.js';
import { makeCurrent, startList } from './list.js';

const minutes = 60_000;

export class Calls {
  #list;
  #bar;
  #changed;
  /** Cards that wait behind the bar, by id. */
  #waiting = new Map();

  constructor(list, bar, changed) {
    this.#list = list;
    this.#bar = bar;
    this.#changed = changed;
  }

  start() {
    this.#list.addEventListener('click', event => this.#onClick(event));
    this.#list.addEventListener('submit', event => this.#onSubmit(event));
    this.#bar?.addEventListener('click', () => { this.#showWaiting(); this.#list.querySelector('.call')?.focus(); });
    startList(this.#list);
    this.#age();
    setInterval(() => this.#age(), 15_000);
  }

  count() {
    return this.#list.querySelectorAll('.call:not(.gone)').length + [...this.#waiting.keys()].filter(id => !document.getElementById(id)).length;
  }

  /** Takes a card in. @returns Whether it is news: a person who was not there before. */
  put(card) {
    const there = document.getElementById(card.id);
    const isNews = (there === null || there.classList.contains('gone')) && !this.#waiting.has(card.id);
    if (isHeld(this.#list) || this.#isBusy(there)) {
      this.#waiting.set(card.id, card);
      this.#showBar();
      whenFree(this.#list, () => this.#showWaiting());
    } else {
      this.#place(card);
    }
    return isNews;
  }

  /** A call that is over. While the rep is at the cards it stays where it is, and says so. */
  remove(prompt, why) {
    const id = `prompt-${prompt}`;
    this.#waiting.delete(id);
    this.#showBar();
    const card = document.getElementById(id);
    if (!card || card.classList.contains('gone')) return;
    if (!isHeld(this.#list)) {
      this.#drop(card);
      return;
    }
    card.classList.add('gone');
    const note = document.createElement('p');
    note.className = 'over';
    note.textContent = why;
    card.append(note);
    for (const button of card.querySelectorAll('button')) button.disabled = true;
    whenFree(this.#list, () => this.#drop(card));
  }

  #isBusy = card => card?.querySelector('[data-sheet]:not([hidden])') != null;

  #drop(card) {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    const hadFocus = card.contains(document.activeElement) || card.hasAttribute('data-current');
    card.remove();
    if (hadFocus) makeCurrent(this.#list, next);
    this.#changed();
  }

  #place(card) {
    const there = document.getElementById(card.id);
    const isCurrent = there?.hasAttribute('data-current');
    there?.remove();
    const heat = Number(card.dataset.heat);
    const before = [...this.#list.children].find(other => Number(other.dataset.heat) < heat);
    this.#list.insertBefore(card, before ?? null);
    if (!there) card.classList.add('arrives');
    if (isCurrent || !this.#list.querySelector('[data-current]')) makeCurrent(this.#list, card);
    showTimes(card);
    this.#age();
    this.#changed();
  }

  #showWaiting() {
    for (const card of this.#waiting.values()) if (!this.#isBusy(document.getElementById(card.id))) this.#place(card);
    this.#waiting.clear();
    this.#showBar();
  }

  #showBar() {
    const waiting = [...this.#waiting.values()];
    this.#bar.hidden = waiting.length === 0;
    const fresh = waiting.filter(card => !document.getElementById(card.id));
    this.#bar.textContent = fresh.length > 0 ? `${fresh.length} new: ${fresh.map(card => card.dataset.who).join(', ')}` : `${waiting.length} reading again`;
  }

  /** How fresh a look is fades in steps; the text beside it says the same. */
  #age() {
    for (const card of this.#list.querySelectorAll('.call[data-at]')) {
      const age = Date.now() - Date.parse(card.dataset.at);
      const step = age < 3 * minutes ? 0 : age < 10 * minutes ? 1 : age < 30 * minutes ? 2 : 3;
      for (let i = 0; i < 4; i++) card.classList.toggle(`fresh-${i}`, i === step);
    }
  }

  #onClick(event) {
    const button = event.target.closest('button');
    const card = button?.closest('.call');
    if (!card) return;
    const { act, outcome, snooze, hand, mute } = button.dataset;
    if (act === 'close') this.#close(card);
    else if (act === 'done') this.#send(card, `/prospects/${card.dataset.prospect}/touches`, { kind: card.dataset.kind }, 'Done, and the next step is planned.', true);
    else if (act === 'dismiss') this.#send(card, `/prompts/${card.dataset.prompt}/dismiss`, {}, 'Dismissed.', true);
    else if (act === 'right' || act === 'wrong') this.#rate(card, act === 'right');
    else if (act) this.#open(card, act);
    else if (outcome) this.#askNext(card, outcome);
    else if (snooze) this.#send(card, `/prompts/${card.dataset.prompt}/snooze`, { until: until(snooze) }, 'Snoozed.', true);
    else if (hand) this.#send(card, `/prompts/${card.dataset.prompt}/hand`, { rep: hand }, 'Handed over.', true);
    else if (mute) this.#send(card, mute === 'message' ? `/messages/${card.dataset.message}/mute` : `/prospects/${card.dataset.prospect}/mute`, {}, 'Muted.', false);
  }

  #open(card, name) {
    const sheet = card.querySelector('[data-sheet]');
    sheet.replaceChildren(document.getElementById(`sheet-${name}`).content.cloneNode(true));
    sheet.hidden = false;
    sheet.querySelector('button').focus();
    sheet.scrollIntoView({ block: 'nearest' });
  }

  #close(card) {
    const sheet = card.querySelector('[data-sheet]');
    sheet.hidden = true;
    sheet.replaceChildren();
    card.focus();
  }

  async #askNext(card, outcome) {
    const sheet = card.querySelector('[data-sheet]');
    sheet.setAttribute('aria-busy', 'true');
    try {
      sheet.replaceChildren(await part(`/now/outcome/${outcome}?prospect=${card.dataset.prospect}`));
      // Enter accepts what is filled in; a conversation is worth a word first.
      (outcome === 'connected' ? sheet.querySelector('[name=note]') : sheet.querySelector('[type=submit]')).focus();
      sheet.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      this.#fail(card, error);
    } finally {
      sheet.removeAttribute('aria-busy');
    }
  }

  #onSubmit(event) {
    event.preventDefault();
    const form = event.target;
    const data = new FormData(form);
    const text = field => data.get(field)?.toString().trim() || undefined;
    const kind = text('kind');
    const at = text('at');
    const body = { outcome: form.dataset.outcomeForm, note: text('note'), objection: text('objection'), minutes: text('minutes') && Number(text('minutes')) };
    // Left as it was filled in, the plan goes on by itself.
    const changed = [...form.querySelectorAll('.next:first-of-type input')].some(input => input.value !== input.defaultValue) || [...form.querySelectorAll('option')].some(option => option.selected !== option.defaultSelected);
    if (kind && (changed || form.dataset.mustBeGiven)) body.nextStep = kind === 'stop' ? { kind, reason: text('reason') } : { kind, at: at && new Date(at).toISOString(), reason: text('reason') };
    const card = form.closest('.call');
    if (card.dataset.prompt) this.#send(card, `/prompts/${card.dataset.prompt}/outcome`, body, 'Saved.', true);
    else this.#send(card, `/prospects/${card.dataset.prospect}/touches`, { ...body, kind: body.outcome === 'voicemail' ? 'voicemail' : 'call' }, 'Saved.', true);
  }

  async #rate(card, right) {
    for (const name of ['right', 'wrong']) card.querySelector(`[data-act=${name}]`).setAttribute('aria-pressed', String((name === 'right') === right));
    await this.#send(card, `/prompts/${card.dataset.prompt}/rating`, { right }, right ? 'Noted: a right alarm.' : 'Noted: a wrong alarm.', false);
  }

  /** Sends, and shows at once that it is on its way. */
  async #send(card, path, body, done, ends) {
    card.setAttribute('aria-busy', 'true');
    try {
      await post(path, body);
      say(done);
      const sheet = card.querySelector('[data-sheet]');
      sheet.hidden = true;
      sheet.replaceChildren();
      if (ends) {
        const next = card.nextElementSibling ?? card.previousElementSibling;
        const hadFocus = card.contains(document.activeElement) || document.activeElement === document.body;
        this.#drop(card);
        if (hadFocus) next?.focus();
      } else {
        card.focus();
      }
    } catch (error) {
      this.#fail(card, error);
    } finally {
      card.removeAttribute('aria-busy');
    }
  }

  #fail(card, error) {
    const sheet = card.querySelector('[data-sheet]');
    let place = sheet.querySelector('.wrong');
    if (!place) {
      place = document.createElement('p');
      place.className = 'wrong';
      place.setAttribute('role', 'alert');
      sheet.append(place);
      sheet.hidden = false;
    }
    place.textContent = error.message;
  }
}

function until(choice) {
  const at = new Date();
  if (choice === 'tomorrow') {
    at.setDate(at.getDate() + 1);
    at.setHours(9, 0, 0, 0);
  } else {
    at.setMinutes(at.getMinutes() + Number(choice));
  }
  return at.toISOString();
}
