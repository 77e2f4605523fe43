// What every page has: times in the rep's zone, keys, copying. No module here keeps state that another writes.
import { startKeys } from './keys.js';
import { startTimes } from './times.js';
import { startCopying } from './copying.js';

startTimes();
startKeys();
startCopying();
