import { parseManifests } from '../../api/manifests.js'
import {
  analysePolicies,
  evaluate,
  formatProof,
  lintPolicies,
  parseConnection,
  policyChanges,
  formatChanges,
  reachability,
  readWorld,
} from '../../netpol/index.js'
import { toSvg } from '../../view/picture.js'
import { viewOfPolicies } from '../../view/policies.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, textOf } from '../files.js'
import { OUTPUT, print, type Result } from '../output.js'

/** A result, and whether the exit code is 0. */
interface NetpolResult extends Result {
  readonly isGood: boolean
  /** What was not looked at, and why: for stderr. */
  readonly note?: string
}

function matrix([folder = '']: readonly string[]): NetpolResult {
  const found = reachability(manifestsIn(folder))
  if (found.groups.every(({ pods }) => pods.length === 0))
    throw new UsageError(
      `there is no pod and no workload in ${folder}, so there is nobody to connect: add the manifests of ` +
        'Deployments and the like, or the output of kubectl get deployments,pods,networkpolicies -A -o yaml',
    )
  return { name: 'netpol matrix', text: found.toText(), json: found, svg: () => found.toSvg(), isGood: true }
}

function evaluated(
  [folder = '', ...texts]: readonly string[],
  flags: CommandArguments['flags'],
): NetpolResult {
  const wanted = textOf(flags, 'expect') ?? 'allowed'
  if (wanted !== 'allowed' && wanted !== 'denied')
    throw new UsageError(`--expect ${wanted}: write allowed or denied`)
  const manifests = manifestsIn(folder)
  const results = texts.map((text) => ({ text, ...evaluate(manifests, parseConnection(text)) }))
  const words = (allowed: boolean): string => (allowed ? 'allowed' : 'denied')
  const wrong = results.filter(({ allowed }) => words(allowed) !== wanted)
  const line = ({ text, allowed }: (typeof results)[number]): string =>
    results.length === 1 ? words(allowed) : `${words(allowed)}  ${text}`
  return {
    name: 'netpol eval',
    text: results.map(line).join('\n'),
    json: results.map(({ text, allowed, proof }) => ({ connection: text, allowed, proof })),
    ...(results.length === 1 ? { svg: () => results.map((one) => toSvg(viewOfPolicies(one))).join('') } : {}),
    checked: results.map((one) =>
      wrong.includes(one)
        ? { name: one.text, failure: `${words(one.allowed)}, not ${wanted}\n${formatProof(one)}` }
        : { name: one.text },
    ),
    isGood: wrong.length === 0,
  }
}

function diff([before = '', after = '']: readonly string[]): NetpolResult {
  const changes = policyChanges(manifestsIn(before), manifestsIn(after))
  const all = [...changes.opened, ...changes.closed]
  return {
    name: 'netpol diff',
    text: all.length === 0 ? '' : formatChanges(changes),
    json: changes,
    checked:
      all.length === 0
        ? [{ name: 'no connection changes' }]
        : all.map(({ change, text }, at) => ({ name: `${change} ${at + 1}`, failure: text })),
    isGood: all.length === 0,
  }
}

const FINDINGS = {
  redundantPolicies: 'has no effect: removing it changes no connection in any cluster',
  redundantRules: 'has no effect: removing the rule changes no connection in any cluster',
  shadowedRules: 'never decides: earlier rules always do',
  vacuousRules: 'cannot match anything',
  vacuousSelectors: 'cannot be met by any labels',
} as const

/** Kinds of which something can be wrong by themselves. */
const LINTED: ReadonlySet<string> = new Set([
  'NetworkPolicy',
  'ClusterNetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'Service',
])

function lint([folder = '']: readonly string[]): NetpolResult {
  const manifests = manifestsIn(folder)
  if (!parseManifests(manifests).some(({ kind = '' }) => LINTED.has(kind)))
    throw new UsageError(`${folder} has no NetworkPolicy and no Service: there is nothing to check`)
  const analysis = analysePolicies(manifests)
  const useless = Object.entries(FINDINGS).flatMap(([kind, failure]) =>
    analysis[kind as keyof typeof FINDINGS].map(({ policy, path }) => ({
      name: path === undefined ? policy : `${policy} ${path}`,
      failure,
    })),
  )
  const found = [
    ...useless,
    ...lintPolicies(manifests).map(({ where, problem }) => ({ name: where, failure: problem })),
  ]
  return {
    name: 'netpol lint',
    text: found.map(({ name, failure }) => `${name} ${failure}`).join('\n'),
    json: analysis,
    checked: found.length === 0 ? [{ name: 'every policy and rule has an effect' }] : found,
    isGood: found.length === 0,
    ...(hasPods(manifests)
      ? {}
      : {
          note:
            `${folder} has no pod and no workload: whether selectors match, DNS is reached and Services ` +
            'lead somewhere was not checked\n',
        }),
  }
}

/** Whether manifests have somebody whom policies could select. */
const hasPods = (manifests: string): boolean => readWorld(manifests).pods.size > 0

interface Question {
  /** How it is written. */
  readonly form: string
  /** Whether there may be that many words after its name. */
  readonly takes: (words: number) => boolean
  readonly ask: (words: readonly string[], flags: CommandArguments['flags']) => NetpolResult
}

const QUESTIONS: Readonly<Record<string, Question>> = {
  matrix: { form: 'matrix DIR', takes: (words) => words === 1, ask: matrix },
  eval: { form: "eval DIR 'FROM -> TO:PORT'...", takes: (words) => words > 1, ask: evaluated },
  diff: { form: 'diff DIR DIR', takes: (words) => words === 2, ask: diff },
  lint: { form: 'lint DIR', takes: (words) => words === 1, ask: lint },
}

const forms = Object.values(QUESTIONS).map(({ form }) => form)

/** `simcluster netpol`: questions about the policies in folders of manifests. */
export const netpolCommand: Command = {
  name: 'netpol',
  about:
    'Checks connections in manifests, and compares policies. Exit code 1: a connection is denied, the ' +
    'folders differ, or there are findings.',
  words: forms.join(' | '),
  flags: {
    ...OUTPUT,
    expect: { value: 'allowed|denied', about: 'the verdict for which eval returns 0', default: 'allowed' },
  },
  examples: [
    'simcluster netpol matrix ./policies -o svg > matrix.svg',
    "simcluster netpol eval ./policies 'shop/frontend -> shop/db:5432'",
    "simcluster netpol eval ./policies --expect denied 'external -> shop/db:5432' -o junit",
    'simcluster netpol diff ./before ./after',
    'simcluster netpol lint ./policies',
  ],
  run: ({ flags, words: [what = '', ...words] }, terminal) => {
    const question = Object.hasOwn(QUESTIONS, what) ? QUESTIONS[what] : undefined
    if (question === undefined || !question.takes(words.length))
      throw new UsageError(`write ${question?.form ?? forms.join(', ')}`)
    if (flags['expect'] !== undefined && what !== 'eval')
      throw new UsageError(`--expect goes with eval only; leave it out of ${what}`)
    const { isGood, note, ...result } = question.ask(words, flags)
    if (note !== undefined) terminal.err(note)
    print(result, flags, terminal)
    return isGood ? 0 : 1
  },
}
