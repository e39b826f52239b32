/** Opens an object, and lets go of it however its reader ends. */

import type { RemoteObject } from "../../model/observation.ts";
import type { ObjectStore, RemoteContent } from "../../ports/object-store.ts";

export async function withContent<T>(
  objects: ObjectStore,
  object: RemoteObject,
  use: (content: RemoteContent) => Promise<T>,
): Promise<T> {
  const content = await objects.read(object);
  try {
    return await use(content);
  } finally {
    content.discard(); // a body that nobody reads would hold its connection
  }
}
