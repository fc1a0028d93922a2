import { expect, test } from 'vitest'
import { endpointHost, endpointPort, joinHostPort } from '../../../src/lang/go/host-port.js'

test.each([
  ['10.0.0.1:80', '10.0.0.1', '80'],
  ['[fd00::1]:80', 'fd00::1', '80'],
  ['[fd00::1]', 'fd00::1', undefined],
  ['fd00::1', 'fd00::1', undefined],
  ['::1', '::1', undefined],
  ['api.example.com', 'api.example.com', undefined],
  ['api.example.com:6443', 'api.example.com', '6443'],
  ['', '', undefined],
])('%j has the host %j and the port %j', (endpoint, host, port) => {
  expect(endpointHost(endpoint)).toBe(host)
  expect(endpointPort(endpoint)).toBe(port)
  if (port !== undefined) expect(joinHostPort(host, port)).toBe(endpoint)
})
