import { nearest } from '../../lang/text/nearest.js'
import type { PolicyRule } from '../../api/rbac/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseManifests } from '../../api/manifests.js'
import { createScheme } from '../../api/scheme.js'
import type { AccessAction, AccessQuery, EscalationPath, Holder } from '../../rbac/index.js'
import {
  accessChanges,
  authorize,
  escalationPaths,
  formatProof,
  whoCan,
  withDefaultRoles,
} from '../../rbac/index.js'
import { viewOfAccess } from '../../view/access.js'
import { toSvg } from '../../view/picture.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, textOf, wholeNumber } from '../files.js'
import { type CheckedItem, OUTPUT, print, type Result } from '../output.js'

/** A result, and whether the exit code is 0. */
interface RbacResult extends Result {
  readonly isGood: boolean
  /** What is wrong, for stderr. */
  readonly note?: string
}

/** The objects of a folder, with the default ClusterRoles that they may bind. */
const rolesIn = (folder: string): readonly KubeObject[] =>
  withDefaultRoles(parseManifests(manifestsIn(folder)))

/**
 * Reads `pods`, `deploy`, `pods/log`, `widgets.example.com` or `/healthz`. Without a group it is that of the
 * built-in resource.
 */
function actionOf(verb: string, what: string, flags: CommandArguments['flags']): AccessAction {
  if (what.startsWith('/')) return { verb, path: what }
  const [resource = '', ...rest] = what.split('/')
  const dot = resource.indexOf('.')
  const scheme = createScheme('v1.35')
  const known = resource === '*' ? undefined : scheme.byName(resource)
  if (known === undefined && dot < 0 && resource !== '*') {
    const meant = nearest(
      resource,
      scheme.definitions().map((kind) => kind.resource),
    )
    const hint = meant === undefined ? '' : `did you mean ${meant}? If not, `
    throw new UsageError(
      `there is no resource ${resource}; ${hint}write a custom one with its group: ${resource}.GROUP`,
    )
  }
  const namespace = textOf(flags, 'namespace')
  const name = textOf(flags, 'name')
  return {
    verb,
    apiGroup: known?.group ?? (dot < 0 ? '*' : resource.slice(dot + 1)),
    resource: known?.resource ?? (dot < 0 ? resource : resource.slice(0, dot)),
    ...(rest.length === 0 ? {} : { subresource: rest.join('/') }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  }
}

/** The groups that the apiserver gives a user, and those of `--groups`. */
function userOf(
  user: string,
  flags: CommandArguments['flags'],
): Required<Pick<AccessQuery, 'user' | 'groups'>> {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user) ?? []
  const own = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  const given = (textOf(flags, 'groups') ?? '').split(',').filter((group) => group !== '')
  return { user, groups: [...own, ...given, 'system:authenticated'] }
}

function can(words: readonly string[], flags: CommandArguments['flags']): RbacResult {
  const [folder = '', name = '', verb = '', what = ''] = words
  const action = actionOf(verb, what, flags)
  const verdict = authorize(rolesIn(folder), { ...userOf(name, flags), ...action })
  const place = action.namespace === undefined ? '' : ` in ${action.namespace}`
  const question = `${name} ${verb} ${what}${place}`
  const text = formatProof(verdict)
  const wanted = textOf(flags, 'expect') ?? 'allowed'
  if (wanted !== 'allowed' && wanted !== 'denied')
    throw new UsageError(`--expect ${wanted}: write allowed or denied`)
  const isGood = verdict.allowed === (wanted === 'allowed')
  return {
    name: 'rbac can',
    text,
    json: { ...action, ...verdict },
    svg: () => toSvg(viewOfAccess(verdict, `${question}: ${verdict.allowed ? 'allowed' : 'denied'}`)),
    checked: [isGood ? { name: question } : { name: question, failure: `not ${wanted}: ${text}` }],
    isGood,
  }
}

function holderText({ subject }: Holder): string {
  const { kind, name, namespace } = subject
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** Compares who may do something with `--expect`: `nobody`, or all names, separated by commas. */
function expectedHolders(
  names: readonly string[],
  expected: string | undefined,
): readonly CheckedItem[] | undefined {
  if (expected === undefined) return undefined
  const wanted = expected === 'nobody' ? [] : expected.split(',').map((name) => name.trim())
  const wrong = wanted.find((name) => !/^(?:User|Group|ServiceAccount) \S+$/.test(name))
  if (wrong !== undefined)
    throw new UsageError(
      `--expect ${wrong}: write nobody, or names such as 'User jane,ServiceAccount shop/ci'`,
    )
  const all = [...new Set([...wanted, ...names])].toSorted()
  const checks = all.map((name): CheckedItem => {
    if (!names.includes(name)) return { name, failure: 'may not, and is expected to' }
    return wanted.includes(name) ? { name } : { name, failure: 'may, and is not expected to' }
  })
  return checks.length === 0 ? [{ name: 'nobody' }] : checks
}

function who(words: readonly string[], flags: CommandArguments['flags']): RbacResult {
  const [folder = '', verb = '', what = ''] = words
  const holders = whoCan(rolesIn(folder), actionOf(verb, what, flags))
  const names = [...new Set(holders.map(holderText))]
  const checked = expectedHolders(names, textOf(flags, 'expect'))
  return {
    name: 'rbac who-can',
    text: names.join('\n'),
    json: holders,
    ...(checked === undefined ? {} : { checked }),
    isGood: checked === undefined ? names.length > 0 : checked.every(({ failure }) => failure === undefined),
    note: (checked ?? []).flatMap(({ name, failure }) => (failure ? [`${name}: ${failure}\n`] : [])).join(''),
  }
}

/** What a path reaches, the most of it: `becomes admin of the cluster`, `becomes admin of shop`. */
function reached(objects: readonly KubeObject[], path: EscalationPath): string {
  const { identity, gains, added } = path
  const { user, groups = [] } = identity
  if (groups.includes('system:masters')) return 'becomes admin of the cluster'
  const everything = { verb: '*', apiGroup: '*', resource: '*' }
  const isAll = ({ verbs, apiGroups = [], resources = [] }: PolicyRule): boolean =>
    verbs.includes('*') && (apiGroups ?? []).includes('*') && (resources ?? []).includes('*')
  if (added?.rules.some(isAll) === true) return `becomes admin of ${added.namespace || 'the cluster'}`
  const holds = (namespace?: string): boolean =>
    authorize(objects, { user, groups, ...everything, ...(namespace === undefined ? {} : { namespace }) })
      .allowed
  if (holds()) return 'becomes admin of the cluster'
  const namespaces = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))].toSorted()
  const administered = namespaces.filter(
    (namespace) => holds(namespace) || isAdminOf(objects, path, namespace),
  )
  if (administered.length > 0) return `becomes admin of ${administered.join(', ')}`
  const place = gains.namespace === undefined ? '' : ` in ${gains.namespace}`
  return `may ${gains.verb} ${gains.resource ?? gains.path ?? ''}${place}`
}

/** What the role `admin` grants in its namespace, and no lesser default role does. */
const OF_ADMIN = [
  { verb: 'create', apiGroup: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
  { verb: 'get', apiGroup: '', resource: 'secrets' },
  { verb: 'create', apiGroup: '', resource: 'pods' },
] as const

const isAdminOf = (
  objects: readonly KubeObject[],
  { identity: { user, groups = [] } }: EscalationPath,
  namespace: string,
): boolean => OF_ADMIN.every((action) => authorize(objects, { user, groups, ...action, namespace }).allowed)

const pathText = (objects: readonly KubeObject[], path: EscalationPath): string =>
  [
    `${path.kind}: acts as ${path.identity.user}, and ${reached(objects, path)}`,
    ...path.steps.map(({ does }, at) => `  ${at + 1}. ${does}`),
  ].join('\n')

function paths(words: readonly string[], flags: CommandArguments['flags']): RbacResult {
  const [folder = '', name = ''] = words
  const depth = wholeNumber('depth', textOf(flags, 'depth') ?? '1', 1)
  const objects = rolesIn(folder)
  const found = escalationPaths(objects, userOf(name, flags), { depth })
  const textOfPath = (path: EscalationPath): string => pathText(objects, path)
  return {
    name: 'rbac paths',
    text: found.map(textOfPath).join('\n'),
    json: found.map((path) => ({ ...path, reaches: reached(objects, path) })),
    svg: () =>
      toSvg({
        title: `How ${name} can gain rights`,
        roots: found.map((path) => ({ lines: textOfPath(path).split('\n'), look: 'bad' })),
      }),
    checked:
      found.length === 0
        ? [{ name: `${name} cannot gain rights` }]
        : found.map((path) => ({ name: `${name}: ${path.kind}`, failure: textOfPath(path) })),
    isGood: found.length === 0,
  }
}

function diff([before = '', after = '']: readonly string[]): RbacResult {
  const changes = accessChanges(rolesIn(before), rolesIn(after))
  return {
    name: 'rbac diff',
    text: changes.map(({ text }) => text).join('\n'),
    json: changes,
    checked:
      changes.length === 0
        ? [{ name: 'no right changes' }]
        : changes.map(({ change, text }) => ({
            name: text.slice(2),
            failure: `${change}: ${text.slice(2)}`,
          })),
    isGood: changes.length === 0,
  }
}

interface Question {
  /** How it is written. */
  readonly form: string
  /** The flags that it has besides `-o`. */
  readonly flags: readonly string[]
  readonly ask: (words: readonly string[], flags: CommandArguments['flags']) => RbacResult
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  can: { form: 'can DIR USER VERB RESOURCE', flags: ['namespace', 'name', 'groups', 'expect'], ask: can },
  'who-can': { form: 'who-can DIR VERB RESOURCE', flags: ['namespace', 'name', 'expect'], ask: who },
  paths: { form: 'paths DIR USER', flags: ['groups', 'depth'], ask: paths },
  diff: { form: 'diff DIR DIR', flags: [], ask: diff },
}

const forms = Object.values(QUESTIONS).map(({ form }) => form)

/** `simcluster rbac`: questions about the roles in folders of manifests. */
export const rbacCommand: Command = {
  name: 'rbac',
  about:
    'Says who may do what by the roles and bindings of manifests. ' +
    'Exit code 1: it is denied, nobody may do it, there is a way to gain rights, or the folders differ.',
  words: forms.join(' | '),
  flags: {
    ...OUTPUT,
    namespace: { value: 'NAME', short: 'n', about: 'namespace of the resource', default: 'all' },
    name: { value: 'NAME', about: 'name of the object', default: 'any' },
    expect: {
      value: 'allowed|denied|NAMES',
      about:
        "what can (allowed, denied) or who-can ('User jane,Group dev', nobody) must find for exit code 0",
    },
    groups: { value: 'NAMES', about: 'groups of the user, besides those that the apiserver adds' },
    depth: { value: 'N', about: 'how many ways to gain rights may follow each other, up to 4', default: '1' },
  },
  examples: [
    'simcluster rbac can ./rbac jane get secrets --namespace prod',
    'simcluster rbac can ./rbac system:serviceaccount:prod:ci patch deployments -o svg > why.svg',
    'simcluster rbac who-can ./rbac get secrets --namespace prod',
    "simcluster rbac who-can ./rbac get secrets --expect 'ServiceAccount prod/vault' -o junit",
    'simcluster rbac paths ./rbac jane --groups dev -o junit',
    'simcluster rbac diff ./before ./after',
  ],
  run: ({ flags, words: [what = '', ...words] }, terminal) => {
    const question = Object.hasOwn(QUESTIONS, what) ? QUESTIONS[what] : undefined
    const wanted = (question?.form ?? '').split(' ').length - 1
    if (question === undefined || words.length !== wanted)
      throw new UsageError(`write ${question?.form ?? forms.join(', ')}`)
    const stray = Object.keys(flags).find((flag) => flag !== 'output' && !question.flags.includes(flag))
    if (stray !== undefined) throw new UsageError(`--${stray} does not go with ${what}; leave it out`)
    const { isGood, note, ...result } = question.ask(words, flags)
    if (note !== undefined) terminal.err(note)
    print(result, flags, terminal)
    return isGood ? 0 : 1
  },
}
