// What stands around the conversation: the server painted it, and it comes to life right after the words do.

import "./attention.js";
import "./composer.js";
import "./controls.js";
import "./files.js";
import "./graph.js";
import "./keys.js";
import "./members.js";
import "./tabs.js";
import "./panes.js";
import "./share_button.js";
import "./menu.js"; // Last: see there.
