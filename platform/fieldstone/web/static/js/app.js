import { start } from "./behave.js";
import "./keys.js";
import "./menu.js";
import "./dialog.js";
import "./toast.js";
import "./small.js";
import "./search.js";
import "./combobox.js";
import "./tokens.js";
import "./mentions.js";
import "./rows.js";
import "./unsaved.js";
import "./conditions.js";
import "./inline.js";
import "./toc.js";
import "./focus.js";

start();
