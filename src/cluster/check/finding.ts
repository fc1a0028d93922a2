/** How bad a finding is: an error does not work, a warning is a risk, a note says what was not judged. */
export type Severity = 'error' | 'warning' | 'note'

/** What each rule finds: the first sentence of its description in SARIF and in the documentation. */
export const RULES = {
  'invalid-yaml': 'The file is not YAML or JSON.',
  'not-an-object': 'A document lacks apiVersion or kind.',
  'invalid-object': 'The apiserver refuses the object: unknown fields, wrong types, invalid values.',
  'removed-api': 'The API version is not served by this release.',
  'unknown-kind': 'No kind of that name is served, and no CustomResourceDefinition defines it.',
  'deprecated-api': 'The API version is deprecated.',
  'api-warning': 'The apiserver warns about the object.',
  'duplicate-object': 'Two documents describe the same object differently.',
  'missing-namespace': 'The namespace is not among the manifests.',
  'missing-reference': 'The object refers to another one that does not exist.',
  'missing-key': 'A ConfigMap or Secret does not have the key.',
  'missing-port': 'A port is named or forwarded to that does not exist.',
  'no-endpoints': 'The selector of a Service, budget or policy selects no pod.',
  'rollout-stalled': 'The object does not become what it says.',
  'pod-refused': 'Pods are refused: Pod Security, quota, limits, policies or webhooks.',
  'blocked-drain': 'A disruption budget lets no node be drained.',
  'single-point-of-failure': 'A Service loses all its endpoints if one node dies.',
  'policy-cut': 'Network policies cut a connection that is needed.',
  'not-checked': 'Something was left out.',
} as const

/** The name of a rule. */
export type CheckRule = keyof typeof RULES

/** Something that is wrong with manifests. */
export interface CheckFinding {
  readonly rule: CheckRule
  readonly severity: Severity
  /** The file as it was named; '' for manifests that were given as a text. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** `Deployment shop/web`; absent if it is not about an object. */
  readonly object?: string
  readonly message: string
  /** What it follows from, as indented lines. */
  readonly why?: string
  /** The versions for which it holds. */
  readonly versions: readonly string[]
}

/** A finding in one version. */
export type VersionFinding = Omit<CheckFinding, 'versions'>

/** What {@link checkManifests} has found. */
export interface CheckReport {
  readonly versions: readonly string[]
  readonly nodes: number
  readonly files: number
  readonly objects: number
  /** By file and line. */
  readonly findings: readonly CheckFinding[]
}

/** Names of nodes and pods, which differ between releases for the same fault. */
const DRAWN = /\bnode-\d+\b|-[bcdf-hj-np-tv-z2-9]{8,10}-[bcdf-hj-np-tv-z2-9]{5}\b/g

const keyOf = ({ rule, file, line, object, message }: VersionFinding): string =>
  JSON.stringify([rule, file, line, object, message.replaceAll(DRAWN, '')])

/** Returns the findings of all versions, equal ones once, by file and line. */
export function mergeFindings(
  byVersion: readonly (readonly [version: string, findings: readonly VersionFinding[]])[],
): readonly CheckFinding[] {
  const merged = new Map<string, { readonly finding: VersionFinding; readonly versions: string[] }>()
  for (const [version, findings] of byVersion)
    for (const finding of findings) {
      const key = keyOf(finding)
      const known = merged.get(key)
      if (known === undefined) merged.set(key, { finding, versions: [version] })
      else if (!known.versions.includes(version)) known.versions.push(version)
    }
  return [...merged.values()]
    .map(({ finding, versions }) => ({ ...finding, versions }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}
