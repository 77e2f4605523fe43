// Desktop notification and a quiet sound, only when asked for and within a budget an hour that all tabs of the browser share.
// What the rep chose stands on the server; whether this browser may notify is its own.
import { submit } from './server.js';

const spent = 'tracker.alerted';
const hour = 3_600_000;
const byId = id => document.getElementById(`alert-${id}`);

function before() {
  try {
    return (JSON.parse(localStorage.getItem(spent)) ?? []).filter(one => Date.now() - one.at < hour);
  } catch {
    return []; // Somebody else's entry under this name.
  }
}

/** Whether one more is within the budget; if so it is spent. The same call alerts once, whichever tab is first. */
function spend(what) {
  const already = before();
  if (already.length >= Number(byId('budget').value) || already.some(one => one.what === what)) return false;
  localStorage.setItem(spent, JSON.stringify([...already, { what, at: Date.now() }]));
  return true;
}

/** Two soft notes, a fifth apart, a quarter of a second. */
function ring() {
  const audio = new AudioContext();
  [[523, 0], [784, 0.12]].forEach(([pitch, from]) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, audio.currentTime + from);
    volume.gain.linearRampToValueAtTime(0.06, audio.currentTime + from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + from + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + from);
    tone.stop(audio.currentTime + from + 0.32);
  });
  setTimeout(() => audio.close(), 1000);
}

/** Tells of a new call. */
export function alertOf(card) {
  const [sound, notify] = [byId('sound').checked, byId('notify').checked && globalThis.Notification?.permission === 'granted'];
  if (!notify && !sound) return;
  if (!spend(`${card.id} ${card.dataset.at}`)) return;
  if (sound) ring();
  if (notify) {
    const note = new Notification(card.dataset.who, { body: card.dataset.did, tag: card.id, icon: '/icon.svg', silent: true });
    note.onclick = () => {
      focus();
      document.getElementById(card.id)?.focus();
      note.close();
    };
  }
}

async function save() {
  const chosen = {};
  for (const name of ['notify', 'sound', 'hours']) if (byId(name).checked) chosen[byId(name).name] = 'yes';
  try {
    await submit('/settings/alerts', { ...chosen, perHour: byId('budget').value });
  } catch (error) {
    byId('about').textContent = `It holds on this page only: ${error.message}`;
  }
}

/** Asks this browser, where the rep wants notifications. */
async function ask() {
  if (!('Notification' in globalThis)) {
    byId('about').textContent = 'This browser has no notifications here: they need https, or this machine’s own address.';
  } else if (await Notification.requestPermission() !== 'granted') {
    byId('about').textContent = 'The browser does not allow notifications for this page. Allow them beside its address, then tick this again.';
  } else {
    return;
  }
  byId('notify').checked = false;
}

export function startAlerts() {
  if (byId('notify').checked && globalThis.Notification?.permission !== 'granted') byId('about').textContent = 'You asked for notifications, but this browser does not show them yet: untick and tick the first box.';
  byId('notify').addEventListener('change', async () => {
    if (byId('notify').checked) await ask();
    save();
  });
  byId('sound').addEventListener('change', () => {
    if (byId('sound').checked) ring();
    save();
  });
  byId('hours').addEventListener('change', save);
  byId('budget').addEventListener('change', () => {
    byId('budget').value = Math.min(60, Math.max(1, Math.round(Number(byId('budget').value)) || 6));
    save();
  });
}
