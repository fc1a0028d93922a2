import type { GroupVersion } from '../../../api/api-version.js'
import type { KindDefinition } from '../../../api/kind/definition.js'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Splits `rbac.authorization.k8s.io` into `['rbac', 'authorization']`; the core group is `core`. */
const groupWords = (group: string): readonly string[] =>
  group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.')

/** Returns `RbacAuthorizationV1`, the middle of an operation's id. */
export const operationPrefix = ({ group, version }: GroupVersion): string =>
  [...groupWords(group), version].map(capital).join('')

/** Returns `rbacAuthorization_v1`, the tag of a group version's operations. */
export const tagOf = ({ group, version }: GroupVersion): string => `${groupTag(group)}_${version}`

/** Returns `rbacAuthorization`, the tag of a group's own document. */
export const groupTag = (group: string): string => {
  const [first = '', ...rest] = groupWords(group)
  return first + rest.map(capital).join('')
}

/** `/apis/apps/v1` */
export const rootOf = ({ group, version }: GroupVersion): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`

/** `NamespacedPod` */
export const subjectOf = ({ namespaced, kind }: KindDefinition): string =>
  namespaced ? `Namespaced${kind}` : kind

/** Capitalizes `ephemeralcontainers` as `Ephemeralcontainers`. */
export const capitalized: (text: string) => string = capital
