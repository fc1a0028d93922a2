import { quote } from '../../lang/go/quote.js'
import { parseLabelSelector, SelectorSyntaxError } from '../../api/selectors/label-parser.js'
import type { Requirement, SelectorOperator } from '../../api/selectors/labels.js'
import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta/generated.js'
import type { KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { resourceList } from '../args/resource-list.js'
import { createGenerated, nameOf, optional } from './generate.js'

/** `kubectl create namespace NAME`. Source: kubectl pkg/cmd/create/create_namespace.go. */
export const namespace: KubectlCommand = {
  name: 'namespace',
  aliases: ['ns'],
  run(call) {
    createGenerated(call, {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: nameOf(call) },
      spec: {},
      status: {},
    })
  },
}

/**
 * `kubectl create quota NAME --hard=cpu=1,pods=2 --scopes=X`. Source: kubectl pkg/cmd/create/create_quota.go.
 */
export const quota: KubectlCommand = {
  name: 'quota',
  aliases: ['resourcequota'],
  run(call) {
    const name = nameOf(call)
    const scopes = call.flags.string('scopes')
    const listed = scopes === '' ? [] : scopes.split(',')
    if (listed.includes('')) throw new KubectlError('invalid resource quota scope ""')
    createGenerated(
      call,
      {
        kind: 'ResourceQuota',
        apiVersion: 'v1',
        metadata: { name },
        spec: { ...optional('hard', resourceList(call.flags.string('hard'))), ...optional('scopes', listed) },
        status: {},
      },
      'failed to create quota:',
    )
  },
}

/** `kubectl create priorityclass NAME --value=N`. Source: kubectl pkg/cmd/create/create_priorityclass.go. */
export const priorityclass: KubectlCommand = {
  name: 'priorityclass',
  aliases: ['pc'],
  run(call) {
    const { flags } = call
    createGenerated(
      call,
      {
        kind: 'PriorityClass',
        apiVersion: 'scheduling.k8s.io/v1',
        metadata: { name: nameOf(call) },
        value: flags.int('value'),
        ...optional('globalDefault', flags.bool('global-default')),
        ...optional('description', flags.string('description')),
        preemptionPolicy: flags.string('preemption-policy'),
      },
      'failed to create priorityclass:',
    )
  },
}

/**
 * `kubectl create poddisruptionbudget NAME --selector=S --min-available=N`. Source: kubectl
 * pkg/cmd/create/create_pdb.go.
 */
export const pdb: KubectlCommand = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  run(call) {
    const name = nameOf(call)
    const [selector, min, max] = [
      call.flags.string('selector'),
      call.flags.string('min-available'),
      call.flags.string('max-unavailable'),
    ]
    if (selector === '') throw new KubectlError('a selector must be specified')
    if (min === '' && max === '')
      throw new KubectlError('one of min-available or max-unavailable must be specified')
    if (min !== '' && max !== '')
      throw new KubectlError('min-available and max-unavailable cannot be both specified')
    for (const [flag, text] of [
      ['min-available', min],
      ['max-unavailable', max],
    ] as const) {
      if (text !== '' && !/^\d+%?$/.test(text)) throw new KubectlError(`invalid format specified for ${flag}`)
    }
    const amount = (text: string): number | string => (text.endsWith('%') ? text : Number(text))
    createGenerated(
      call,
      {
        kind: 'PodDisruptionBudget',
        apiVersion: 'policy/v1',
        metadata: { name },
        spec: {
          ...(min === '' ? {} : { minAvailable: amount(min) }),
          selector: selectorOf(selector),
          ...(max === '' ? {} : { maxUnavailable: amount(max) }),
        },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      },
      'failed to create poddisruptionbudgets:',
    )
  },
}

const OPERATORS: Readonly<Partial<Record<SelectorOperator, string>>> = {
  in: 'In',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
}

/**
 * Parses a selector into the form of an object's field. Throws KubectlError. Source: apimachinery meta/v1
 * ParseToLabelSelector.
 */
export function selectorOf(text: string): LabelSelector {
  const matchLabels: [string, string][] = []
  const matchExpressions: LabelSelectorRequirement[] = []
  for (const { key, operator, values } of requirementsOf(text)) {
    const name = OPERATORS[operator]
    if (operator === '=' || operator === '==') matchLabels.push([key, values[0] ?? ''])
    else if (name !== undefined)
      matchExpressions.push({ key, operator: name, ...(values.length === 0 ? {} : { values }) })
    else
      throw new KubectlError(
        operator === '!='
          ? '"!=" is not a valid label selector operator'
          : `${quote(operator)} isn't supported in label selectors`,
      )
  }
  return {
    ...optional('matchLabels', Object.fromEntries(matchLabels)),
    ...optional('matchExpressions', matchExpressions),
  }
}

function requirementsOf(text: string): readonly Requirement[] {
  try {
    return parseLabelSelector(text)
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error
    throw new KubectlError(`couldn't parse the selector string "${text}": ${error.message}`)
  }
}
