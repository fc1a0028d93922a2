import { isPlainObject } from '../../../lang/json/plain-json.js'
import { exactJson } from '../../../lang/json/exact-json.js'
import { printYaml } from '../../../lang/yaml/print.js'
import type { SwaggerDocument, SwaggerNode } from './swagger-document.js'

/** Fields of a message by their numbers. */
type Write = (writer: ProtoWriter) => void

/**
 * The OpenAPI v2 document as the protobuf message `openapi.v2.Document` of github.com/google/gnostic-models,
 * the only form of `/openapi/v2` that kubectl accepts. Field numbers are those of its OpenAPIv2.proto.
 */
export function gnosticDocument(document: SwaggerDocument): Uint8Array {
  const writer = new ProtoWriter()
  writer.text(1, document.swagger)
  writer.message(2, (info) => {
    info.text(1, document.info.title)
    info.text(2, document.info.version)
  })
  writer.message(8, (paths) => {
    for (const [name, item] of Object.entries(document.paths)) paths.message(2, named(name, pathItem(item)))
  })
  writer.message(9, (definitions) => {
    for (const [name, schema] of Object.entries(document.definitions))
      definitions.message(1, named(name, schemaOf(schema)))
  })
  for (const requirement of document.security) writer.message(12, securityRequirement(requirement))
  writer.message(13, (definitions) => {
    for (const [name, item] of Object.entries(document.securityDefinitions))
      definitions.message(1, named(name, securityItem(item)))
  })
  return writer.bytes()
}

// documents of other servers may lack anything, or have something else in its place
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textsOf = (value: unknown): readonly string[] => listOf(value).filter((one) => typeof one === 'string')
const nodesOf = (value: unknown): readonly SwaggerNode[] => listOf(value).filter((one) => isPlainObject(one))
const membersOf = (value: unknown): readonly (readonly [string, SwaggerNode])[] =>
  Object.entries(isPlainObject(value) ? value : {}).flatMap(([name, one]) =>
    isPlainObject(one) ? [[name, one] as const] : [],
  )

/** The Named... messages: 1 name, 2 value. */
function named(name: string, value: Write): Write {
  return (writer) => {
    writer.text(1, name)
    writer.message(2, value)
  }
}

function securityRequirement(requirement: Readonly<Record<string, readonly string[]>>): Write {
  return (writer) => {
    for (const [name, scopes] of Object.entries(requirement)) {
      writer.message(
        1,
        named(name, (values) => {
          for (const scope of scopes) values.text(1, scope)
        }),
      )
    }
  }
}

/** SecurityDefinitionsItem: 2 api_key_security {1 type, 2 name, 3 in, 4 description}. */
function securityItem(item: SwaggerNode): Write {
  return (writer) =>
    writer.message(2, (key) => {
      key.text(1, textOf(item['type']))
      key.text(2, textOf(item['name']))
      key.text(3, textOf(item['in']))
      key.text(4, textOf(item['description']))
    })
}

/** Numbers of the methods in PathItem. */
const METHODS: Readonly<Record<string, number>> = {
  get: 2,
  put: 3,
  post: 4,
  delete: 5,
  options: 6,
  head: 7,
  patch: 8,
}

function pathItem(item: SwaggerNode): Write {
  return (writer) => {
    for (const [method, number] of Object.entries(METHODS)) {
      const found = item[method]
      if (isPlainObject(found)) writer.message(number, operation(found))
    }
    for (const parameter of nodesOf(item['parameters'])) writer.message(9, parametersItem(parameter))
  }
}

/**
 * Operation: 1 tags, 5 operation_id, 6 produces, 7 consumes, 8 parameters, 9 responses, 10 schemes, 13
 * vendor_extension.
 */
function operation(value: SwaggerNode): Write {
  return (writer) => {
    for (const tag of textsOf(value['tags'])) writer.text(1, tag)
    writer.text(5, textOf(value['operationId']))
    for (const type of textsOf(value['produces'])) writer.text(6, type)
    for (const type of textsOf(value['consumes'])) writer.text(7, type)
    for (const parameter of nodesOf(value['parameters'])) writer.message(8, parametersItem(parameter))
    writer.message(9, (responses) => {
      for (const [code, response] of membersOf(value['responses']))
        responses.message(1, named(code, responseValue(response)))
    })
    for (const scheme of textsOf(value['schemes'])) writer.text(10, scheme)
    extensions(writer, 13, value)
  }
}

/** ResponseValue: 1 response {1 description, 2 schema: SchemaItem {1 schema}}. */
function responseValue(response: SwaggerNode): Write {
  return (writer) =>
    writer.message(1, (received) => {
      received.text(1, textOf(response['description']))
      const { schema } = response
      if (isPlainObject(schema)) received.message(2, (item) => item.message(1, schemaOf(schema)))
    })
}

/** ParametersItem: 1 parameter {1 body_parameter, 2 non_body_parameter}. */
function parametersItem(parameter: SwaggerNode): Write {
  return (writer) =>
    writer.message(1, (item) => {
      if (parameter['in'] === 'body') item.message(1, bodyParameter(parameter))
      else item.message(2, nonBodyParameter(parameter))
    })
}

/** BodyParameter: 2 name, 3 in, 4 required, 5 schema. */
function bodyParameter(parameter: SwaggerNode): Write {
  return (writer) => {
    writer.text(2, 'body')
    writer.text(3, 'body')
    if (parameter['required'] === true) writer.bool(4, true)
    const { schema } = parameter
    writer.message(5, schemaOf(isPlainObject(schema) ? schema : {}))
  }
}

/** NonBodyParameter: 3 query (its numbers from 5 on are one more than those of a path), 4 path. */
function nonBodyParameter(parameter: SwaggerNode): Write {
  const isPath = parameter['in'] === 'path'
  return (writer) =>
    writer.message(isPath ? 4 : 3, (sub) => {
      if (parameter['required'] === true) sub.bool(1, true)
      sub.text(2, textOf(parameter['in']))
      sub.text(4, textOf(parameter['name']))
      sub.text(isPath ? 5 : 6, textOf(parameter['type']))
      if (parameter['uniqueItems'] === true) sub.bool(isPath ? 19 : 20, true)
    })
}

/** Members of a schema with a field number; all others are vendor extensions. */
function schemaOf(schema: SwaggerNode): Write {
  return (writer) => {
    writer.text(1, textOf(schema['$ref']))
    writer.text(2, textOf(schema['format']))
    writer.text(4, textOf(schema['description']))
    for (const name of textsOf(schema['required'])) writer.text(19, name)
    for (const value of Array.isArray(schema['enum']) ? schema['enum'] : []) writer.message(20, anyOf(value))
    const { additionalProperties, items, properties } = schema
    if (isPlainObject(additionalProperties))
      writer.message(21, (item) => item.message(1, schemaOf(additionalProperties)))
    if (schema['type'] !== undefined) writer.message(22, (type) => type.text(1, textOf(schema['type'])))
    if (isPlainObject(items)) writer.message(23, (list) => list.message(1, schemaOf(items)))
    if (properties !== undefined) {
      writer.message(25, (all) => {
        for (const [name, property] of membersOf(properties)) all.message(1, named(name, schemaOf(property)))
      })
    }
    extensions(writer, 31, schema)
  }
}

/** Any: 2 yaml. */
const anyOf =
  (value: unknown): Write =>
  (writer) =>
    writer.text(2, yamlOf(value))

function extensions(writer: ProtoWriter, number: number, value: SwaggerNode): void {
  for (const [name, extension] of Object.entries(value)) {
    if (name.startsWith('x-')) writer.message(number, named(name, anyOf(extension)))
  }
}

const written = new Map<string, string>()

/** Cache, because most extensions recur. */
function yamlOf(value: unknown): string {
  const key = exactJson(value)
  let text = written.get(key)
  if (text === undefined) written.set(key, (text = printYaml(value)))
  return text
}

/**
 * Writes protobuf messages of texts, booleans and nested messages, which is all that the OpenAPI document
 * needs.
 */
class ProtoWriter {
  #buffer = new Uint8Array(256)
  #length = 0

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  /** Writes a string, unless it is undefined. */
  text(field: number, value: string | undefined): void {
    if (value === undefined) return
    this.#tag(field, 2)
    const bytes = new TextEncoder().encode(value)
    this.#varint(bytes.length)
    this.#append(bytes)
  }

  bool(field: number, value: boolean): void {
    this.#tag(field, 0)
    this.#varint(value ? 1 : 0)
  }

  message(field: number, write: (writer: ProtoWriter) => void): void {
    const inner = new ProtoWriter()
    write(inner)
    this.#tag(field, 2)
    this.#varint(inner.#length)
    this.#append(inner.#buffer.subarray(0, inner.#length))
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  #varint(value: number): void {
    this.#room(5)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#length++] = rest
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
