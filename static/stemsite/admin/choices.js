/* Forms without rich text: their choices by autocomplete take the name of their field. */

import { nameChoices } from "stemsite/naming"

// On jQuery's queue, behind the script that makes the choices.
window.django.jQuery(() => setTimeout(() => nameChoices(document)))
