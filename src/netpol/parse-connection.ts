import { invalid } from '../api/field-error.js'
import { portNumberFaults } from '../api/validation/names.js'
import { checkConnectionText } from './inputs.js'
import type { PolicyQuery, EndpointRef, Protocol } from './world.js'
import { WorldError } from './world-error.js'

const FORM = /^(?<from>\S+)\s*->\s*(?<to>\S+):(?<port>[^:\s/]+)(?:\/(?<protocol>[A-Za-z]+))?$/

/**
 * Parses one end: `[2001:db8::1]` is an address, `node:n1` a node, `www.example.com` a domain; pods,
 * addresses and `external` are kept as they are.
 */
function endOf(text: string): EndpointRef {
  if (text.startsWith('[') && text.endsWith(']')) return text.slice(1, -1)
  if (text.startsWith('node:')) return { node: text.slice('node:'.length) }
  const isDomain = /[A-Za-z]/.test(text) && text.includes('.') && !text.includes('/') && !text.includes(':')
  return isDomain ? { domain: text } : text
}

/**
 * Parses a connection such as `default/web -> default/db:6379/TCP`. Ends are pods (`namespace/name`),
 * addresses (IPv6 destinations in brackets), `node:name`, domain names or `external`. The port is a number or
 * a port name of the pod; the protocol defaults to TCP.
 * @throws WorldError if the text has another form or a port that does not exist
 * @example evaluate(cluster, parseConnection('shop/web -> shop/db:5432'))
 */
export function parseConnection(text: string): PolicyQuery {
  checkConnectionText([text])
  const { groups } = FORM.exec(text.trim()) ?? {}
  if (groups === undefined) {
    throw new WorldError('connection', [
      invalid('connection', text, "must be like 'default/web -> default/db:6379/TCP'"),
    ])
  }
  const { from = '', to = '', port = '', protocol = 'TCP' } = groups
  const number = /^\d+$/.test(port) ? Number(port) : port
  const [fault] = typeof number === 'number' ? portNumberFaults(number) : []
  if (fault !== undefined) throw new WorldError('connection', [invalid('port', port, fault)])
  return { from: endOf(from), to: endOf(to), port: number, protocol: protocol.toUpperCase() as Protocol }
}
