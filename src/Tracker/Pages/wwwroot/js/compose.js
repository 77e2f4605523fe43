// Makes tracked links and mails over the REST interface, in the rep's own name, and hands out what came back.
import { post, send } from './server.js';
import { say } from './say.js';

const byId = id => document.getElementById(id);

function show(result) {
  result.hidden = false;
  result.querySelector('h2').focus();
  result.scrollIntoView({ block: 'nearest' });
}

/** Text for HTML: what the rep typed may hold anything. */
const escaped = text => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);

async function makeLink(event) {
  event.preventDefault();
  const form = event.target;
  const data = new FormData(form);
  const text = name => data.get(name)?.trim() || undefined;
  const wrong = form.querySelector('.wrong');
  wrong.textContent = '';
  form.setAttribute('aria-busy', 'true');
  try {
    const made = await post('/links', { recipient: { email: text('email'), name: text('name') }, url: text('url'), label: text('label') });
    byId('r-link').value = made.trackedUrl;
    byId('r-html').value = `<a href="${escaped(made.trackedUrl)}">${escaped(text('label') ?? text('url'))}</a><img src="${escaped(made.openUrl)}" width="1" height="1" alt="">`;
    show(byId('link-result'));
    say('The link is made.');
  } catch (error) {
    wrong.textContent = error.message;
  } finally {
    form.removeAttribute('aria-busy');
  }
}

/** One line per copy: whom it is for, what came of it, and the file to send. */
function copyLine(copy, index) {
  const line = document.createElement('li');
  line.className = 'row';
  const who = document.createElement('div');
  who.className = 'grow';
  const name = document.createElement('strong');
  name.textContent = copy.recipient;
  const about = document.createElement('div');
  about.className = 'quiet small';
  const tracked = copy.links.filter(link => link.tracked).length;
  about.textContent = copy.instrumented ? `${tracked} of ${copy.links.length} links tracked${copy.openUrl ? ', and a picture' : ''}` : `Not tracked: ${copy.reason}`;
  who.append(name, about);
  const file = document.createElement('a');
  file.className = 'button';
  const bytes = Uint8Array.from(atob(copy.mime), c => c.charCodeAt(0));
  file.href = URL.createObjectURL(new Blob([bytes], { type: 'message/rfc822' }));
  file.download = `tracked-${index + 1}.eml`;
  file.textContent = 'Save the file';
  line.append(who, file);
  return line;
}

async function trackMail(event) {
  event.preventDefault();
  const form = event.target;
  const wrong = form.querySelector('.wrong');
  const progress = byId('mail-progress');
  const body = byId('f-file').files[0] ?? (byId('f-source').value.trim() ? byId('f-source').value.trim().replace(/\r?\n/g, '\r\n') + '\r\n' : null);
  wrong.textContent = body ? '' : 'Choose a file or paste the source of a mail.';
  if (!body) return;
  form.setAttribute('aria-busy', 'true');
  progress.hidden = false;
  try {
    const message = await send('/messages', body, 'message/rfc822', share => { progress.value = share; });
    byId('copies').replaceChildren(...message.copies.map(copyLine));
    byId('mail-open').href = `/mails/${message.id}`;
    show(byId('mail-result'));
    say('The mail is tracked.');
  } catch (error) {
    wrong.textContent = error.message;
  } finally {
    form.removeAttribute('aria-busy');
    progress.hidden = true;
  }
}

// Who types example.com/pricing means https; the browser would only say that it is no address.
byId('f-url').addEventListener('change', event => {
  const typed = event.target.value.trim();
  if (/^[\w-]+(\.[\w-]+)+([:/?#]|$)/.test(typed)) event.target.value = `https://${typed}`;
});
byId('link-form').addEventListener('submit', makeLink);
byId('mail-form').addEventListener('submit', trackMail);
