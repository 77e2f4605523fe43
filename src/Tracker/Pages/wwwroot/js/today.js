// The call list: j and k, or the arrows, go from one to the next.
import { startList } from './list.js';

startList(document.getElementById('calls'));
