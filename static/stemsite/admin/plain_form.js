/* Every form of the staff site that is not a page's own: after a failed save, the summary of what to correct. */

import { summarizeErrors } from "./errors.js"

for (const form of document.querySelectorAll("#content-main form")) summarizeErrors(form)
