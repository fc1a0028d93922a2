import { particleAfter } from '../../lang/text/particles.js'
import type { Node, Pod } from '../../api/core/generated.js'
import { printYaml } from '../../lang/yaml/print.js'
import { evaluate, formatProof as formatPolicyProof } from '../../netpol/index.js'
import { authorize, formatProof as formatAccessProof } from '../../rbac/index.js'
import { explainScheduling } from '../../scheduler/explain.js'
import { Random, type RandomStream } from '../../sim/random.js'
import { checkAnswered, checkPractice } from './inputs.js'
import type { Language } from '../../lang/text/phrases.js'
import type { Sentence } from './lesson.js'

/** What one can practise: who reaches whom, who may do what, and where a pod fits. */
export type PracticeSubject = 'netpol' | 'rbac' | 'scheduler'

/** A question whose answer the simulator computes. */
export interface PracticeQuestion {
  readonly subject: PracticeSubject
  readonly question: Sentence
  /** The objects that the question is about, as YAML. */
  readonly objects: string
  /** What can be answered: words in lower case. */
  readonly choices: readonly string[]
  /** The right choices, in the order of `choices`; all of them are wanted. */
  readonly answer: readonly string[]
  /** The proof of the answer, as text. */
  readonly explanation: Sentence
}

type Draw = RandomStream

const some = <T>(draw: Draw, from: readonly T[], most: number): readonly T[] => {
  const left = [...from]
  return Array.from({ length: draw.int(0, Math.min(most, from.length)) }, () =>
    left.splice(draw.int(0, left.length - 1), 1),
  ).flat()
}

const toYaml = (objects: readonly object[]): string => objects.map(printYaml).join('---\n')

const inBoth = (written: (lang: Language) => string): Sentence => ({ en: written('en'), ko: written('ko') })

const FITS: Sentence = { en: 'fits', ko: '배치할 수 있음' }

const isPlain = (text: string): boolean => /^[\w./-]+$/.test(text) && Number.isNaN(Number(text))

/** An object in one line of YAML, for what is only the setting of a question. */
function inLine(value: unknown): string {
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${inLine(one)}`)
  return `{${fields.join(', ')}}`
}

const metadata = (name: string, labels?: object, namespace = 'shop'): object => ({
  name,
  namespace,
  ...(labels === undefined ? {} : { labels }),
})

function networkQuestion(draw: Draw): Omit<PracticeQuestion, 'subject'> {
  const apps = ['web', 'api', 'db']
  const pods = apps.map((app) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(app, { app }),
    spec: { containers: [{ name: app, image: app, ports: [{ containerPort: 80 }] }] },
  }))
  const other = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('job', { app: 'web' }, 'batch'),
    spec: { containers: [{ name: 'job', image: 'job' }] },
  }
  const peer = (): object => {
    const pod = { podSelector: { matchLabels: { app: draw.pick(apps) } } }
    const namespace = { namespaceSelector: { matchLabels: { team: draw.pick(['shop', 'batch']) } } }
    return draw.pick([pod, namespace, { ...pod, ...namespace }, { podSelector: {} }])
  }
  const rule = (direction: 'from' | 'to'): object => ({
    [direction]: Array.from({ length: draw.int(1, 2) }, peer),
    ...(draw.int(0, 2) === 0 ? { ports: [{ port: draw.pick([80, 443]) }] } : {}),
  })
  const policies = Array.from({ length: draw.int(1, 3) }, (_, at) => {
    const isIngress = draw.int(0, 2) > 0
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(`policy-${at + 1}`),
      spec: {
        podSelector: draw.pick([{}, { matchLabels: { app: draw.pick(apps) } }]),
        policyTypes: [isIngress ? 'Ingress' : 'Egress'],
        ...(draw.int(0, 3) === 0 ? {} : isIngress ? { ingress: [rule('from')] } : { egress: [rule('to')] }),
      },
    }
  })
  const namespaces = ['shop', 'batch'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { team: name, 'kubernetes.io/metadata.name': name } },
  }))
  const from = draw.pick(['shop/web', 'shop/api', 'batch/job'])
  const to = draw.pick(['shop/db', 'shop/api'].filter((each) => each !== from))
  const objects = [...namespaces, ...pods, other, ...policies]
  const verdict = evaluate(objects, { from, to, port: 80 })
  return {
    question: {
      en: `Does ${from} reach ${to} on port 80?`,
      ko: `${from}에서 ${to}의 80번 포트로 연결됩니까?`,
    },
    // with the pods, whose labels decide
    objects: [...[...namespaces, ...pods, other].map((each) => `${inLine(each)}\n`), toYaml(policies)].join(
      '---\n',
    ),
    choices: ['yes', 'no'],
    answer: [verdict.allowed ? 'yes' : 'no'],
    explanation: inBoth((lang) => formatPolicyProof(verdict, { lang })),
  }
}

function accessQuestion(draw: Draw): Omit<PracticeQuestion, 'subject'> {
  const RBAC = 'rbac.authorization.k8s.io'
  const resources = ['pods', 'pods/log', 'secrets', 'deployments'] as const
  const verbs = ['get', 'list', 'create', 'delete'] as const
  const groupOf = (resource: string): string => (resource === 'deployments' ? 'apps' : '')
  const roles = Array.from({ length: draw.int(1, 3) }, (_, at) => {
    const isCluster = draw.int(0, 1) === 0
    const resource = draw.pick(resources)
    return {
      apiVersion: `${RBAC}/v1`,
      kind: isCluster ? 'ClusterRole' : 'Role',
      metadata: isCluster
        ? { name: `role-${at + 1}` }
        : metadata(`role-${at + 1}`, undefined, draw.pick(['shop', 'batch'])),
      rules: [
        {
          // the group of another resource is the mistake that everybody makes once
          apiGroups: [draw.int(0, 4) === 0 ? 'apps' : groupOf(resource)],
          resources: [resource],
          verbs: ['get', ...some(draw, verbs.slice(1), 2)],
        },
      ],
    }
  })
  const bindings = roles.map(({ kind, metadata: of }, at) => {
    const { name, namespace } = of as { readonly name: string; readonly namespace?: string }
    const isWide = kind === 'ClusterRole' && draw.int(0, 1) === 0
    return {
      apiVersion: `${RBAC}/v1`,
      kind: isWide ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: isWide
        ? { name: `binding-${at + 1}` }
        : metadata(`binding-${at + 1}`, undefined, namespace ?? draw.pick(['shop', 'batch'])),
      roleRef: { apiGroup: RBAC, kind, name },
      subjects: [
        draw.pick([
          { kind: 'User', apiGroup: RBAC, name: draw.pick(['jane', 'jane', 'john']) },
          { kind: 'Group', apiGroup: RBAC, name: draw.pick(['readers', 'readers', 'writers']) },
        ]),
      ],
    }
  })
  // about something near one of the roles, so that the answer is not mostly no
  const near = draw.int(0, roles.length - 1)
  const rule = roles[near]?.rules[0]
  const verb = draw.pick([...(rule?.verbs ?? []), ...(rule?.verbs ?? []), ...verbs])
  const resource = draw.int(0, 4) === 0 ? draw.pick(resources) : (rule?.resources[0] ?? 'pods')
  const { namespace: bound } = (bindings[near]?.metadata ?? {}) as { readonly namespace?: string }
  const namespace = draw.int(0, 3) > 0 && bound !== undefined ? bound : draw.pick(['shop', 'batch'])
  const [name = '', subresource] = resource.split('/')
  const verdict = authorize([...roles, ...bindings], {
    user: 'jane',
    groups: ['readers'],
    verb,
    apiGroup: groupOf(resource),
    resource: name,
    ...(subresource === undefined ? {} : { subresource }),
    namespace,
  })
  return {
    question: {
      en: `May jane, who is in the group readers, ${verb} ${resource} in ${namespace}?`,
      ko: `readers 그룹의 jane이 ${namespace}에서 ${resource}에 대해 ${verb}${particleAfter(verb, '을')} 할 수 있습니까?`,
    },
    objects: toYaml([...roles, ...bindings]),
    choices: ['yes', 'no'],
    answer: [verdict.allowed ? 'yes' : 'no'],
    explanation: inBoth((lang) => formatAccessProof(verdict, { lang })),
  }
}

function placeQuestion(draw: Draw): Omit<PracticeQuestion, 'subject'> {
  const nodes = ['node-1', 'node-2', 'node-3'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        zone: draw.pick(['a', 'b']),
        disk: draw.pick(['ssd', 'hdd']),
      },
    },
    spec: {
      ...(draw.int(0, 2) === 0
        ? {
            taints: [
              {
                key: draw.pick(['team', 'gpu']),
                value: 'yes',
                effect: draw.pick(['NoSchedule', 'PreferNoSchedule']),
              },
            ],
          }
        : {}),
      ...(draw.int(0, 5) === 0 ? { unschedulable: true } : {}),
    },
    status: { allocatable: { cpu: draw.pick(['1', '2', '4']), memory: '8Gi', pods: '110' } },
  }))
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('app'),
    spec: {
      containers: [
        { name: 'app', image: 'app', resources: { requests: { cpu: draw.pick(['500m', '1500m', '3']) } } },
      ],
      ...(draw.int(0, 1) === 0
        ? { nodeSelector: draw.pick([{ zone: 'a' }, { disk: 'ssd' }, { zone: 'b', disk: 'hdd' }]) }
        : {}),
      ...(draw.int(0, 1) === 0
        ? {
            tolerations: [
              draw.pick([
                { key: 'team', operator: 'Exists' },
                { key: 'gpu', value: 'yes', effect: 'NoSchedule' },
              ]),
            ],
          }
        : {}),
    },
  }
  const found = explainScheduling(pod as unknown as Pod, nodes as unknown as readonly Node[])
  const fits = found.nodes.filter(({ rejected }) => rejected === undefined).map(({ node }) => node)
  const names = nodes.map(({ metadata: { name } }) => name)
  return {
    question: {
      en: 'On which nodes does the pod fit? Name all of them, or none.',
      ko: '이 포드가 들어갈 수 있는 노드를 모두 적으세요. 없으면 none.',
    },
    objects: toYaml([...nodes, pod]),
    choices: [...names, 'none'],
    answer: fits.length === 0 ? ['none'] : names.filter((name) => fits.includes(name)),
    explanation: inBoth((lang) =>
      names
        .map((name) => {
          const { rejected } = found.nodes.find(({ node }) => node === name) ?? {}
          return rejected === undefined
            ? `${name}: ${FITS[lang]}`
            : `${name}: ${rejected.reasons.join(', ')} (${rejected.plugin})`
        })
        .join('\n'),
    ),
  }
}

const QUESTIONS: Readonly<Record<PracticeSubject, (draw: Draw) => Omit<PracticeQuestion, 'subject'>>> = {
  netpol: networkQuestion,
  rbac: accessQuestion,
  scheduler: placeQuestion,
}

/**
 * Draws a question to practise with; there is no end of them, since the answer is computed. Equal seeds and
 * numbers draw the same. @throws InputError for an unknown subject
 * @example practiceQuestion('netpol', { seed: 7, number: 1 }).question.en
 */
export function practiceQuestion(
  subject: PracticeSubject,
  options: { readonly seed?: number; readonly number?: number } = {},
): PracticeQuestion {
  checkPractice([subject, options])
  const { seed = 1, number = 1 } = options
  const draw = new Random(seed).stream(`practice ${subject} ${number}`)
  return { subject, ...QUESTIONS[subject](draw) }
}

/** Returns the words of an answer in lower case; blanks and commas divide them. */
export const answerWords = (given: string): readonly string[] =>
  given
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')

/**
 * Whether an answer names exactly the right choices, in any order and case.
 * @example isRight(practiceQuestion('rbac'), 'yes')
 */
export function isRight(question: PracticeQuestion, given: string): boolean {
  checkAnswered([question, given])
  const { answer } = question
  const words = answerWords(given)
  return new Set(words).size === answer.length && answer.every((each) => words.includes(each))
}
