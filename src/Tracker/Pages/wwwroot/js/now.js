// The live page: takes in what happened, in order, without moving what the rep is about to click.
import { part, SignedOut } from './server.js';
import { follow } from './stream.js';
import { showTimes } from './times.js';
import { say } from './say.js';
import { Calls } from './calls.js';
import { Rows } from './rows.js';
import { startAlerts, alertOf } from './alerts.js';
import { startAway, seen } from './away.js';

const feed = document.getElementById('feed');
const calls = new Calls(document.getElementById('calls'), document.getElementById('new-calls'), title);
const rows = new Rows(feed, document.getElementById('new-rows'), document.getElementById('earlier'));
const linkState = document.getElementById('link-state');
const name = document.title;
let last = Number(feed.dataset.last);
let looking = false;
let again = false;
let downTimer = 0;
let out = false;

function title() {
  const count = calls.count();
  document.title = count > 0 ? `(${count}) ${name}` : name;
  navigator.setAppBadge?.(count).catch(() => {});
  document.body.classList.toggle('has-calls', count > 0);
}

async function take() {
  const content = await part(`/now/live?after=${last}`);
  const root = content.querySelector('[data-last]');
  showTimes(content);
  for (const gone of root.querySelectorAll('[data-gone]')) calls.remove(gone.dataset.gone, gone.dataset.why);
  for (const card of [...root.querySelector('[data-part=cards]').children]) {
    if (calls.put(card) && root.dataset.quiet !== '1') alertOf(card);
  }
  // Oldest first, so that each goes on top of the one before.
  for (const row of [...root.querySelector('[data-part=rows]').children].reverse()) rows.put(row);
  document.getElementById('waiting').replaceChildren(...root.querySelector('[data-part=waiting]').childNodes);
  document.getElementById('feed-empty').hidden = feed.children.length > 0;
  last = Number(root.dataset.last);
  seen(last);
  title();
  return root.dataset.more === '1';
}

/** Fetches what is new; when more comes while that goes on, once more. @returns Whether there was anything. */
async function look() {
  again = true;
  if (looking) return false;
  looking = true;
  const before = last;
  try {
    while (again) {
      again = false;
      if (await take()) again = true;
    }
    state(true);
  } catch (error) {
    if (error instanceof SignedOut) signedOut();
    else state(false);
  } finally {
    looking = false;
  }
  return last > before;
}

/** A short break is not worth a word; a longer one is said. */
function state(connected) {
  if (out) return;
  if (connected) {
    clearTimeout(downTimer);
    downTimer = 0;
    linkState.hidden = true;
    return;
  }
  downTimer ||= setTimeout(() => {
    downTimer = 0;
    linkState.textContent = 'Reconnecting… nothing is lost.';
    linkState.hidden = false;
    look();
  }, 3000);
}

function signedOut() {
  if (out) return;
  out = true;
  const link = document.createElement('a');
  link.href = '/sign-in';
  link.textContent = 'Sign in again';
  linkState.replaceChildren('You are signed out. ', link);
  linkState.hidden = false;
  say('You are signed out.');
}

calls.start();
rows.start();
startAlerts();
startAway(last);
title();
follow(() => last, look, state);
