/** The code of a page did not come: the server is away, or has another dashboard by now. */
export class NotFetched extends Error {
  override name = 'NotFetched';
}

/** Loads code, and says of a failure that it was that. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new NotFetched('The code of the page could not be loaded.', { cause });
  }
}
