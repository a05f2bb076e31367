// What a text needs that is read while it is written: its reader, and the sheet for the code in it.

import { loadSheet } from "../lib/sheet.js";

export { StreamedText } from "./streamed_text.js";

await loadSheet("code");
