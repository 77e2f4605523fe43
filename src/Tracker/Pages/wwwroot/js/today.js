// The call list: the same cards, keys and sheets as on the live page.
import { Calls } from './calls.js';

new Calls(document.getElementById('calls'), null, () => {}).start();
