import type { GoFacts, GoMessage, Group, OpenApiSchema } from './generate-api-types.js'

/** Schemas that are leaves for us: name in the table language and TypeScript type. */
const leaves: Readonly<Record<string, readonly [dsl: string, type: string]>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': ['time', 'string'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': ['microTime', 'string'],
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ['quantity', 'string'],
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ['intOrString', 'IntOrString'],
  'io.k8s.apimachinery.pkg.runtime.RawExtension': ['json', 'JsonObject'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': ['json', 'JsonObject'],
  ...Object.fromEntries(
    ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
      (name) => [
        `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`,
        ['anyJson', 'Json'] as const,
      ],
    ),
  ),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus': [
    'subresourceStatus',
    'JsonObject',
  ],
}

const zeroValues = new Set<unknown>(['', 0, false])

const HEADER =
  '// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. ' +
  'Do not edit by hand.'

/** Kinds whose objects belong to no namespace. */
const clusterScoped = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'CSIDriver',
  'CSINode',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IngressClass',
  'IPAddress',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'ResourceSlice',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeAttributesClass',
])

interface Reference {
  readonly folder: string
  readonly name: string
}

/** Renders one group's file: imports, interfaces, then the tables. */
class GroupRenderer {
  readonly #group: Group
  readonly #groups: readonly Group[]
  readonly #messages: ReadonlyMap<string, OpenApiSchema>
  readonly #facts: GoFacts
  readonly #words = new Set<string>()
  readonly #types = new Map<string, Set<string>>()
  readonly #schemas: ReadonlyMap<string, OpenApiSchema>
  /** Whether types are those of inputs.ts. */
  #isInput = false

  constructor(
    group: Group,
    groups: readonly Group[],
    messages: ReadonlyMap<string, OpenApiSchema>,
    facts: GoFacts,
    schemas: ReadonlyMap<string, OpenApiSchema>,
  ) {
    this.#schemas = schemas
    this.#group = group
    this.#groups = groups
    this.#messages = messages
    this.#facts = facts
  }

  render(): string {
    const interfaces = [...this.#messages].map(([name, schema]) => this.#interface(name, schema))
    const tables = [...this.#messages].map(([name, schema]) => this.#table(name, schema))
    return [
      HEADER,
      ...this.#imports(),
      '',
      ...interfaces,
      `/** Field tables of ${this.#group.package}. */`,
      `export const ${schemaName(this.#group.folder)}: SchemaGroup = ` +
        `defineGroup('${this.#group.package}', '${this.#version}', [${this.#imported()}], {`,
      ...tables,
      '})',
      '',
    ].join('\n')
  }

  /** `v1`: the prefix in Go's error texts. */
  get #version(): string {
    return this.#group.short.slice(this.#group.short.indexOf('.') + 1)
  }

  #imported(): string {
    return this.#group.imports.map(schemaName).join(', ')
  }

  #imports(): readonly string[] {
    const lines = this.#group.imports.map(
      (folder) => `import { ${schemaName(folder)} } from '../${folder}/generated.js'`,
    )
    lines.push(...this.#typeImports('generated'))
    lines.push(`import { ${[...this.#words, 'defineGroup'].sort().join(', ')} } from '../schema/dsl.js'`)
    lines.push("import type { SchemaGroup } from '../schema/types.js'")
    return lines
  }

  #typeImports(file: 'generated' | 'inputs'): readonly string[] {
    return [...this.#types]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([folder, names]) => {
        const from =
          folder === 'json'
            ? '../json.js'
            : folder === ''
              ? '../cluster-object-meta.js'
              : `../${folder}/${file}.js`
        return `import type { ${[...names].sort().join(', ')} } from '${from}'`
      })
  }

  #interface(name: string, schema: OpenApiSchema): string {
    const fields = Object.entries(schema.properties ?? {}).map(([field, property]) => {
      const presence = this.#presence(name, schema, field, property)
      const present = presence === 'always' || (schema.required?.includes(field) ?? false)
      const type = this.#typeOf(name, field, property)
      if (this.#hasValue(name, schema, field)) return `  readonly ${key(field)}: ${type}`
      if (presence === 'nullable') return `  readonly ${key(field)}?: ${type} | null`
      if (MAY_BE_NULL.has(`${name}.${field}`)) return `  readonly ${key(field)}: ${type} | null`
      const optionalList = property.type === 'array' && !schema.required?.includes(field)
      return present && (optionalList || isNullable(property))
        ? `  readonly ${key(field)}?: ${type} | null`
        : `  readonly ${key(field)}${present || isMetadata(name, schema, field) ? '' : '?'}: ${type}`
    })
    return [`export interface ${name} {`, ...fields, '}', ''].join('\n')
  }

  /** The text of inputs.ts: what clients may send, with only the fields required that the API requires. */
  renderInputs(): string {
    this.#types.clear()
    this.#isInput = true
    const interfaces = [...this.#messages].map(([name, schema]) => this.#input(name, schema))
    this.#isInput = false
    return [HEADER, ...this.#typeImports('inputs'), '', ...interfaces].join('\n')
  }

  /** Fields that come out as null may go in as null. */
  #input(name: string, schema: OpenApiSchema): string {
    const fields = Object.entries(schema.properties ?? {}).map(([field, property]) => {
      const isRequired = this.#isRequired(name, schema, field) || isMetadata(name, schema, field)
      const optionalList = property.type === 'array' && !schema.required?.includes(field)
      const presence = this.#presence(name, schema, field, property)
      const present = presence === 'always' || (schema.required?.includes(field) ?? false)
      const comesAsNull = presence === 'nullable' || (present && (optionalList || isNullable(property)))
      const isNull = comesAsNull || MAY_BE_NULL.has(`${name}.${field}`)
      const rest = `${isNull ? ' | null' : ''}${isRequired ? '' : ' | undefined'}`
      const mark = isRequired && !comesAsNull ? '' : '?'
      return `  readonly ${key(field)}${mark}: ${this.#typeOf(name, field, property)}${rest}`
    })
    return [
      `/** A {@link ${name}} as clients send it. */`,
      `export interface ${name}Input {`,
      ...fields,
      '}',
      '',
    ].join('\n')
  }

  #lists(name: string, list: 'required' | 'defaulted', field: string): boolean {
    return this.#go(name)?.[list]?.split(' ').includes(field) ?? false
  }

  /**
   * Whether every object that is read has the field, by validation or by defaulting, though OpenAPI does not
   * say so.
   */
  #hasValue(name: string, schema: OpenApiSchema, field: string): boolean {
    return (
      this.#lists(name, 'defaulted', field) ||
      (this.#isRequired(name, schema, field) && !schema.required?.includes(field))
    )
  }

  /**
   * Whether the API refuses an object without the field. OpenAPI lists `spec` as optional; it is not where a
   * field of the spec is required.
   */
  #isRequired(name: string, schema: OpenApiSchema, field: string): boolean {
    if (schema.required?.includes(field) || this.#lists(name, 'required', field)) return true
    const ref = schema.properties?.[field]?.allOf?.[0]?.$ref
    if (field !== 'spec' || ref === undefined) return false
    const spec = ref.slice(ref.lastIndexOf('.') + 1)
    const message = this.#schemas.get(ref.slice(ref.lastIndexOf('/') + 1))
    return (message?.required?.length ?? 0) > 0 || this.#go(spec)?.required !== undefined
  }

  #typeOf(name: string, field: string, property: OpenApiSchema): string {
    if (field !== 'metadata' || !clusterScoped.has(name)) return this.#type(property)
    return this.#use('', this.#isInput ? 'ClusterObjectMetaInput' : 'ClusterObjectMeta')
  }

  #type(schema: OpenApiSchema): string {
    const ref = schema.allOf?.[0]?.$ref ?? schema.$ref
    if (ref !== undefined) return this.#refType(ref)
    switch (schema.type) {
      case 'array':
        return `ReadonlyArray<${this.#type(schema.items ?? {})}>`
      case 'object':
        return schema.additionalProperties === undefined
          ? this.#use('json', 'JsonObject')
          : `Readonly<Record<string, ${this.#type(schema.additionalProperties)}>>`
      case 'integer':
      case 'number':
        return 'number'
      case 'boolean':
        return 'boolean'
      default:
        return schema.enum === undefined
          ? 'string'
          : `${schema.enum.map((value) => `'${value}'`).join(' | ')}`
    }
  }

  #refType(ref: string): string {
    const full = ref.slice(ref.lastIndexOf('/') + 1)
    const leaf = leaves[full]
    if (leaf !== undefined) return leaf[1] === 'string' ? 'string' : this.#use('json', leaf[1])
    const { folder, name: message } = this.#reference(full)
    const name = this.#isInput ? `${message}Input` : message
    return folder === this.#group.folder ? name : this.#use(folder, name)
  }

  #use(folder: string, name: string): string {
    const names = this.#types.get(folder) ?? new Set()
    this.#types.set(folder, names.add(name))
    return name
  }

  #reference(full: string): Reference {
    const at = full.lastIndexOf('.')
    const home = this.#groups.find((group) => group.package === full.slice(0, at))
    if (home === undefined)
      throw new Error(`${this.#group.package} refers to ${full}, whose group is not generated`)
    const name = full.slice(at + 1)
    if (home !== this.#group && this.#messages.has(name))
      throw new Error(`${full} clashes with a name of ${this.#group.package}`)
    return { folder: home.folder, name }
  }

  #table(name: string, schema: OpenApiSchema): string {
    const fields = Object.entries(schema.properties ?? {}).map(
      ([field, property]) => `    ${key(field)}: ${this.#field(name, schema, field, property)},`,
    )
    const word = this.#word(schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'message')
    return [`  ${name}: () => ${word}({`, ...fields, '  }),'].join('\n')
  }

  #word(word: string): string {
    this.#words.add(word)
    return word
  }

  #field(name: string, schema: OpenApiSchema, field: string, property: OpenApiSchema): string {
    const goType = this.#go(name)?.named?.[field]
    let text = this.#shape(property, goType)
    const natural = naturalPresence(property)
    const presence = this.#presence(name, schema, field, property)
    if (presence !== natural) text = `${this.#word(presence)}(${text})`
    if (schema.required?.includes(field)) text = `${this.#word('required')}(${text})`
    const preset = property.default
    if (preset !== undefined && typeof preset !== 'object' && !zeroValues.has(preset)) {
      text =
        `${this.#word('withDefault')}(${text}, ` +
        `${typeof preset === 'string' ? `'${preset}'` : JSON.stringify(preset)})`
    }
    return this.#patched(text, property)
  }

  #patched(text: string, property: OpenApiSchema): string {
    const strategy = property['x-kubernetes-patch-strategy']
    if (strategy === undefined) return text
    const mergeKey = property['x-kubernetes-patch-merge-key']
    if (property.type !== 'array') return `${this.#word('patch')}('${strategy}', ${text})`
    return `${this.#word('merge')}('${strategy}', ${text}${mergeKey === undefined ? '' : `, '${mergeKey}'`})`
  }

  #shape(schema: OpenApiSchema, goType?: string): string {
    const ref = schema.allOf?.[0]?.$ref ?? schema.$ref
    if (ref !== undefined) {
      const full = ref.slice(ref.lastIndexOf('/') + 1)
      const leaf = leaves[full]
      return leaf === undefined
        ? `${this.#word('ref')}('${this.#reference(full).name}')`
        : this.#word(leaf[0])
    }
    if (schema.type === 'array') return this.#typed(this.#list(schema, goType), schema.items, goType)
    if (schema.type === 'object') {
      if (schema.additionalProperties === undefined) return this.#word('json')
      const mapType = schema['x-kubernetes-map-type']
      const values = this.#shape(schema.additionalProperties, goType?.replace(/^map\[.*?\]/, ''))
      const text = `${this.#word('map')}(${values}${mapType === undefined ? '' : `, '${mapType}'`})`
      return this.#typed(text, schema.additionalProperties, goType)
    }
    return this.#scalar(schema, goType)
  }

  /** A list or map whose own type has a name. The name of a list of texts is that of its items. */
  #typed(text: string, items: OpenApiSchema | undefined, goType: string | undefined): string {
    if (goType === undefined || (isLeaf(items ?? {}) && !goType.startsWith('map['))) return text
    return `${this.#word('typed')}('${this.#goName(goType)}', ${text})`
  }

  #goName(goType: string): string {
    return goType.includes('.') ? goType : `${this.#version}.${goType}`
  }

  #list(schema: OpenApiSchema, goType: string | undefined): string {
    const items = this.#shape(schema.items ?? {}, goType)
    switch (schema['x-kubernetes-list-type']) {
      case 'map': {
        const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((name) => `'${name}'`).join(', ')
        return `${this.#word('mapList')}(${items}, ${keys})`
      }
      case 'set':
        return `${this.#word('setList')}(${items})`
      case 'atomic':
        return `${this.#word('atomicList')}(${items})`
      default:
        return `${this.#word('list')}(${items})`
    }
  }

  #scalar(schema: OpenApiSchema, goType: string | undefined): string {
    if (schema.type === 'integer') return this.#word(schema.format === 'int64' ? 'int64' : 'int32')
    if (schema.type === 'number') return this.#word('double')
    if (schema.type === 'boolean') return this.#word('boolean')
    if (schema.format === 'byte') return this.#word('bytes')
    const values = schema.enum?.map((value) => `'${value}'`)
    if (goType !== undefined) {
      const allowed = values === undefined ? '' : `, [${values.join(', ')}]`
      return `${this.#word('named')}('${this.#goName(goType)}'${allowed})`
    }
    return values === undefined ? this.#word('string') : `${this.#word('oneOf')}(${values.join(', ')})`
  }

  #go(name: string): GoMessage | undefined {
    return this.#facts[name]
  }

  /** A Go pointer that is written as null when it is nil; validation refuses that for required ones. */
  #isNullable(name: string, schema: OpenApiSchema, field: string): boolean {
    const go = this.#go(name)
    const has = (list: string | undefined): boolean => list?.split(' ').includes(field) ?? false
    if (has(go?.nullable)) return true
    return has(go?.pointer) && has(go?.always) && !schema.required?.includes(field)
  }

  #presence(name: string, schema: OpenApiSchema, field: string, property: OpenApiSchema): string {
    const go = this.#go(name)
    const known = go?.known.split(' ').includes(field) ?? false
    if (this.#isNullable(name, schema, field)) return 'nullable'
    const isPointer = go?.pointer?.split(' ').includes(field) ?? false
    // a required pointer that the client omits is null, which validation refuses
    if (go?.always?.split(' ').includes(field))
      return !isPointer ? 'always' : isStruct(property) ? 'pointer' : 'nullable'
    if (isStruct(property) && property.default !== undefined) return 'always'
    if (known) return go?.pointer?.split(' ').includes(field) ? 'pointer' : naturalPresence(property)
    if (property.default !== undefined || schema.required?.includes(field)) return 'always'
    return isLeaf(property) ? 'pointer' : naturalPresence(property)
  }
}

/** `autoscaling-v2` -> `autoscalingV2Schema` */
const schemaName = (folder: string): string =>
  `${folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Schema`

const isStruct = (schema: OpenApiSchema): boolean => schema.allOf !== undefined || schema.$ref !== undefined
const isLeaf = (schema: OpenApiSchema): boolean =>
  !isStruct(schema) && schema.type !== 'array' && schema.type !== 'object'

/** Lists that OpenAPI requires but validation lets be empty: written as null. */
const MAY_BE_NULL: ReadonlySet<string> = new Set([
  'CSINodeSpec.drivers',
  'EndpointSlice.endpoints',
  'LimitRangeSpec.limits',
])

/** Values whose always-written empty form is null. */
function isNullable(schema: OpenApiSchema): boolean {
  const ref = schema.allOf?.[0]?.$ref
  return ref === undefined
    ? schema.additionalProperties !== undefined
    : /\.(Time|MicroTime|RawExtension)$/.test(ref)
}

/** The metadata of a kind is always there, whatever OpenAPI says: every object has a name. */
function isMetadata(name: string, schema: OpenApiSchema, field: string): boolean {
  return field === 'metadata' && schema.properties?.['kind'] !== undefined && name !== 'Status'
}

/** What the table language gives a shape when nothing is said. */
function naturalPresence(schema: OpenApiSchema): string {
  return isStruct(schema) || (schema.type === 'object' && schema.additionalProperties === undefined)
    ? 'pointer'
    : 'omitempty'
}

const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`)

/** The texts of src/api/<folder>/generated.ts and inputs.ts. `schemas` are those of all groups. */
export function renderGroup(
  group: Group,
  groups: readonly Group[],
  messages: ReadonlyMap<string, OpenApiSchema>,
  facts: GoFacts,
  schemas: ReadonlyMap<string, OpenApiSchema>,
): { readonly generated: string; readonly inputs: string } {
  const renderer = new GroupRenderer(group, groups, messages, facts, schemas)
  return { generated: renderer.render(), inputs: renderer.renderInputs() }
}
