// The set-up check compares the browser's clock with the server's, and says that it is at work.
const form = document.getElementById('check-form');

form.addEventListener('submit', () => {
  document.getElementById('check-now').value = String(Date.now());
  document.getElementById('check-busy').textContent = 'Checking…';
  form.querySelector('button').setAttribute('aria-busy', 'true');
});
