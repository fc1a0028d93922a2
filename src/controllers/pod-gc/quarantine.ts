/**
 * Names of nodes that pods name but that are missing, and since when they may be taken for gone. Plain data.
 */
export interface Quarantine {
  /**
   * Nodes that may be missing: a pod was seen on one while it was, or it has been deleted. Looked at in the
   * next pass.
   */
  readonly suspects: Set<string>
  /** Node name to the virtual ms at which its quarantine ends. */
  readonly until: Map<string, number>
}

/** An empty quarantine. */
export function newQuarantine(): Quarantine {
  return { suspects: new Set(), until: new Map() }
}

/**
 * One pass: suspects that are missing (and still named by pods) go into quarantine; answers, in the order in
 * which they came, those whose quarantine is over. Whoever is still missing then has to be confirmed by
 * asking the apiserver. Source: podgc gcOrphaned, discoverDeletedNodes.
 */
export function releaseFrom(
  quarantine: Quarantine,
  now: number,
  period: number,
  isMissing: (node: string) => boolean,
): readonly string[] {
  const { suspects, until } = quarantine
  for (const node of [...suspects]) {
    if (!isMissing(node)) suspects.delete(node)
    else if (!until.has(node)) until.set(node, now + period)
  }
  const over = [...until].filter(([, end]) => end <= now).map(([node]) => node)
  for (const node of over) until.delete(node)
  return over.filter(isMissing)
}
