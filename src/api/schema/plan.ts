import type { Field, Message, ScalarField, SchemaGroup } from './types.js'

/** A field, prepared for the decoder's inner loop. */
export interface FieldPlan {
  readonly name: string
  readonly field: Field
  readonly type: Field['type']
  /** Whether an empty value is written (all except `omitempty` fields). */
  readonly keepsEmpty: boolean
  /** Whether the field is always written, as null if empty (times, maps, nullable pointers). */
  readonly zeroIsNull: boolean
  /** The plan of a list's items or a map's values. */
  readonly item: FieldPlan | undefined
  /** The message of the field (for errors), and the one of its value. */
  readonly owner: Message
  readonly child: () => DecodePlan
}

/** A message, prepared for the decoder's inner loop. */
export interface DecodePlan {
  readonly message: Message
  readonly fields: ReadonlyMap<string, FieldPlan>
  /** Fields that are written even if absent. */
  readonly always: readonly FieldPlan[]
  /**
   * The fields of the last input by position. Inputs of one message are mostly similar, which saves look-ups.
   */
  readonly guesses: FieldPlan[]
}

const plans = new WeakMap<Message, DecodePlan>()

/** Returns the plan of a message, made on first use. */
export function planOf(message: Message): DecodePlan {
  const known = plans.get(message)
  if (known !== undefined) return known
  const fields = Object.entries(message.fields).map(([name, field]) => fieldPlan(message, name, field))
  const always = fields.filter(({ field: { presence } }) => presence === 'always' || presence === 'nullable')
  const plan: DecodePlan = {
    message,
    fields: new Map(fields.map((field) => [field.name, field])),
    always,
    guesses: [],
  }
  plans.set(message, plan)
  return plan
}

function fieldPlan(owner: Message, name: string, field: Field): FieldPlan {
  const item = field.type === 'list' ? field.items : field.type === 'map' ? field.values : undefined
  let child: DecodePlan | undefined
  return {
    name,
    field,
    type: field.type,
    owner,
    keepsEmpty: field.presence !== 'omitempty',
    zeroIsNull: field.presence === 'nullable' || (field.presence === 'always' && isNullWhenEmpty(field)),
    item: item === undefined ? undefined : fieldPlan(owner, name, item),
    child: () => (child ??= planOf(owner.group.message(field.type === 'message' ? field.message : name))),
  }
}

const isNullWhenEmpty = (field: Field): boolean => /^(time|microTime|map|bytes|json)$/.test(field.type)

/** Returns Go's name of the type of a field, which is in the tables of `group`, without its pointer. */
export function goTypeOf(group: SchemaGroup, field: Field): string {
  switch (field.type) {
    case 'message':
      return group.message(field.message).goType
    case 'list':
      return field.goType ?? `[]${goTypeOf(group, field.items)}`
    case 'map':
      if (field.goType !== undefined) return field.goType
      return field.values.type === 'quantity'
        ? 'v1.ResourceList'
        : `map[string]${goTypeOf(group, field.values)}`
    default:
      return goScalars[field.type] ?? field.goType ?? field.type
  }
}

const goScalars: Readonly<Partial<Record<ScalarField['type'], string>>> = {
  boolean: 'bool',
  bytes: '[]uint8',
  double: 'float64',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  json: 'runtime.RawExtension',
  anyJson: 'v1.JSON',
}
