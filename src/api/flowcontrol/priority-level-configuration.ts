import { ageColumn, borrow, column, defineKind, nameColumn, specChanged, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { semanticEqual } from '../kind/equal.js'
import { internalForm } from '../kind/internal-form.js'
import { mandatoryLevel } from './default-objects.js'
import { validateConditions } from './flow-schema.js'
import { MAX_HASH_BITS, requiredEntropyBits } from './shuffle-sharding.js'
import type {
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from './generated.js'

const group = 'flowcontrol.apiserver.k8s.io'
const maxQueues = 10_000_000

/** Source: pkg/apis/flowcontrol/v1/defaults.go. */
function setDefaults({ spec }: Draft<PriorityLevelConfiguration>): void {
  if (Object.isFrozen(spec)) return
  if (spec.type === 'Exempt') {
    spec.exempt ??= {}
    spec.exempt.nominalConcurrencyShares ??= 0
    spec.exempt.lendablePercent ??= 0
  }
  if (spec.limited === undefined) return
  spec.limited.nominalConcurrencyShares ??= 30
  spec.limited.lendablePercent ??= 0
  const { queuing } = spec.limited.limitResponse
  if (queuing === undefined) return
  if (queuing.handSize === 0) queuing.handSize = 8
  if (queuing.queues === 0) queuing.queues = 64
  if (queuing.queueLengthLimit === 0) queuing.queueLengthLimit = 50
}

function validateQueuing(
  { queues, handSize, queueLengthLimit }: QueuingConfiguration,
  path: string,
  errors: FieldError[],
): void {
  if (queueLengthLimit <= 0)
    errors.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'))
  if (queues <= 0) errors.push(invalid(`${path}.queues`, queues, 'must be positive'))
  else if (queues > maxQueues)
    errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${maxQueues}`))
  if (handSize <= 0) {
    errors.push(invalid(`${path}.handSize`, handSize, 'must be positive'))
    return
  }
  if (handSize > queues) {
    errors.push(invalid(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`))
    return
  }
  const bits = requiredEntropyBits(queues, handSize)
  if (bits > MAX_HASH_BITS) {
    const text =
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ` +
      `${MAX_HASH_BITS}`
    errors.push(invalid(`${path}.handSize`, handSize, text))
  }
}

function validateResponse({ type, queuing }: LimitResponse, path: string, errors: FieldError[]): void {
  if (type === 'Reject') {
    if (queuing !== undefined)
      errors.push(forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited'))
  } else if (type === 'Queue') {
    if (queuing === undefined)
      errors.push(required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited'))
    else validateQueuing(queuing, `${path}.queuing`, errors)
  } else errors.push(notSupported(`${path}.type`, type, ['Queue', 'Reject']))
}

function validatePercent(value: number | undefined, path: string, errors: FieldError[]): void {
  if (value !== undefined && (value < 0 || value > 100))
    errors.push(invalid(path, value, 'must be between 0 and 100, inclusive'))
}

function validateLimited(
  limited: LimitedPriorityLevelConfiguration,
  path: string,
  errors: FieldError[],
): void {
  const {
    nominalConcurrencyShares: shares = 0,
    limitResponse,
    lendablePercent,
    borrowingLimitPercent,
  } = limited
  if (shares < 0)
    errors.push(invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'))
  validateResponse(limitResponse, `${path}.limitResponse`, errors)
  validatePercent(lendablePercent, `${path}.lendablePercent`, errors)
  if (borrowingLimitPercent !== undefined && borrowingLimitPercent < 0) {
    errors.push(
      invalid(
        `${path}.borrowingLimitPercent`,
        borrowingLimitPercent,
        'if specified, must be a non-negative integer',
      ),
    )
  }
}

/** Source: pkg/apis/flowcontrol/validation ValidatePriorityLevelConfiguration. */
function validate({ metadata, spec, status }: PriorityLevelConfiguration): readonly FieldError[] {
  const errors: FieldError[] = []
  const { type, limited, exempt } = spec
  if ((metadata.name === 'exempt') !== (type === 'Exempt')) {
    errors.push(invalid('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'"))
  }
  if (type === 'Exempt') {
    if (limited !== undefined)
      errors.push(forbidden('spec.limited', 'must be nil if the type is not Limited'))
    const shares = exempt?.nominalConcurrencyShares
    if (shares !== undefined && shares < 0) {
      errors.push(invalid('spec.exempt.nominalConcurrencyShares', shares, 'must be a non-negative integer'))
    }
    validatePercent(exempt?.lendablePercent, 'spec.exempt.lendablePercent', errors)
  } else if (type === 'Limited') {
    if (exempt !== undefined) errors.push(forbidden('spec.exempt', 'must be nil if the type is Limited'))
    if (limited === undefined) errors.push(required('spec.limited', 'must not be empty when type is Limited'))
    else validateLimited(limited, 'spec.limited', errors)
  } else errors.push(notSupported('spec.type', type, ['Exempt', 'Limited']))
  const { name = '' } = metadata
  const fixed = mandatoryLevel(name, spec)
  if (fixed !== undefined && !semanticEqual(spec, fixed)) {
    const shown = internalForm('flowcontrol.v1.PriorityLevelConfigurationSpec', spec)
    errors.push(invalid('spec', shown, `spec of '${name}' must equal the fixed value`))
  }
  return [...errors, ...validateConditions({ status })]
}

const queuingOf = ({ spec }: PriorityLevelConfiguration): QueuingConfiguration | undefined =>
  spec.limited?.limitResponse.queuing

/** flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration: stored, but requests are not limited by it. */
export const priorityLevelConfigurationDefinition: KindDefinition<PriorityLevelConfiguration> =
  defineKind<PriorityLevelConfiguration>({
    group,
    version: 'v1',
    kind: 'PriorityLevelConfiguration',
    resource: 'prioritylevelconfigurations',
    namespaced: false,
    storagePrefix: '/registry/prioritylevelconfigurations',
    subresources: [statusOf(group, 'v1', 'PriorityLevelConfiguration')],
    setDefaults,
    validate,
    strategy: {
      metaOnUpdate: [1, 0],
      prepareForCreate: (level) => {
        level.status = {}
      },
      prepareForUpdate: (level, old) => {
        level.status = borrow(old.status)
      },
      prepareForStatusUpdate: (level, old) => {
        level.spec = borrow(old.spec)
      },
      validateStatusUpdate: validateConditions,
      generationChanged: specChanged,
    },
    columns: [
      nameColumn(),
      column('Type', ({ spec }) => spec.type),
      column('NominalConcurrencyShares', ({ spec }) => spec.limited?.nominalConcurrencyShares ?? '<none>'),
      column('Queues', (level) => queuingOf(level)?.queues ?? '<none>'),
      column('HandSize', (level) => queuingOf(level)?.handSize ?? '<none>'),
      column('QueueLengthLimit', (level) => queuingOf(level)?.queueLengthLimit ?? '<none>'),
      ageColumn(),
    ],
  })
