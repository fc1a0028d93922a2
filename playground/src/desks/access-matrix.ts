import type { SimCluster } from 'simcluster'
import { parseManifests } from 'simcluster'
import type { PolicyRule, Subject } from 'simcluster/rbac'
import { formatProof } from 'simcluster/rbac'
import type { Language } from '../../../src/lang/text/phrases.js'
import { viewOfAccess } from '../../../src/view/index.js'
import type { Matrix } from './matrix.js'
import type { Words } from '../texts.js'

const MOST_COLUMNS = 24

interface Action {
  readonly verb: string
  readonly what: string
  readonly namespace?: string
}

interface RbacObject {
  readonly kind: string
  readonly metadata: { readonly namespace?: string }
  readonly rules?: readonly PolicyRule[]
  readonly subjects?: readonly Subject[]
}

/** Who may do what of the roles and bindings in a text, and what differs from before. */
export function accessMatrix(words: Words, text: string, before: SimCluster, after: SimCluster): Matrix {
  const objects = parseManifests(text) as unknown as readonly RbacObject[]
  const subjects = new Map(
    objects.flatMap(({ subjects = [], metadata }) =>
      subjects.map(
        (subject) => [titleOf(subject, metadata.namespace), identityOf(subject, metadata.namespace)] as const,
      ),
    ),
  )
  const actions = actionsIn(objects)
  const judge = (
    cluster: SimCluster,
    subject: Identity,
    { verb, what, namespace }: Action,
  ): ReturnType<SimCluster['can']> =>
    cluster.can(subject, verb, what, namespace === undefined ? {} : { namespace })
  const cells = [...subjects].map(([name, subject]) => ({
    title: name,
    cells: actions.map((action) => {
      const verdict = judge(after, subject, action)
      return {
        text: verdict.allowed ? words.allowed : words.denied,
        allowed: verdict.allowed,
        was: judge(before, subject, action).allowed,
        title: `${name}: ${titleOfAction(action)}`,
        proof: () => [
          { view: viewOfAccess(verdict), text: (lang: Language) => formatProof(verdict, { lang }) },
        ],
      }
    }),
  }))
  return {
    title: words.accessMatrix,
    corner: '',
    columns: actions.map(titleOfAction),
    rows: cells,
    changes: cells
      .flatMap((row) => row.cells)
      .filter(({ allowed, was }) => allowed !== was)
      .map(({ allowed, title, proof }) => ({
        text: `${allowed ? words.opened : words.closed}: ${title}`,
        opened: allowed,
        title,
        proof,
      })),
  }
}

type Identity = Parameters<SimCluster['can']>[0]

const titleOf = ({ kind, name, namespace }: Subject, own = 'default'): string =>
  kind === 'ServiceAccount' ? `${kind} ${namespace ?? own}/${name}` : `${kind} ${name}`

function identityOf({ kind, name, namespace }: Subject, own = 'default'): Identity {
  if (kind === 'Group') return { user: 'somebody', groups: [name] }
  if (kind !== 'ServiceAccount') return { user: name }
  const home = namespace ?? own
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated']
  return { user: `system:serviceaccount:${home}:${name}`, groups }
}

const titleOfAction = ({ verb, what, namespace }: Action): string =>
  `${verb} ${what}${namespace === undefined ? '' : ` -n ${namespace}`}`

/** What the rules in a text speak of. */
function actionsIn(objects: readonly RbacObject[]): readonly Action[] {
  const found = new Map<string, Action>()
  for (const { rules = [], metadata } of objects)
    for (const { verbs, resources = [] } of rules)
      for (const verb of verbs)
        for (const what of resources) {
          if (verb === '*' || what.includes('*')) continue
          const action = {
            verb,
            what,
            ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
          }
          found.set(titleOfAction(action), action)
        }
  return [...found.values()].slice(0, MOST_COLUMNS)
}
