/** One object of the graph as a key of a work queue: resource, key (`namespace/name`) and uid. */
export interface Item {
  readonly resource: string
  readonly key: string
  readonly uid: string
}

/** Text form of an {@link Item}; resources, keys and uids have no `|`. */
export function itemText({ resource, key, uid }: Item): string {
  return `${resource}|${key}|${uid}`
}

/** The inverse of {@link itemText}. */
export function parseItem(text: string): Item {
  const [resource, key, uid] = text.split('|') as [string, string, string]
  return { resource, key, uid }
}
