/** Properties are tried on the same examples in every run: a bug is noticed always, or never. */

import fc from "fast-check";

fc.configureGlobal({ seed: 20260101 });
