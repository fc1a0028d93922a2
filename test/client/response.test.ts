import { expect, test } from 'vitest'
import { errorText } from '../../src/kubectl/call/errors.js'
import type { Received } from '../../src/client/response.js'
import { failureOf } from '../../src/client/response.js'

const GET = { method: 'GET', resource: 'pods' }
const plain = (code: number, body: string, type = 'text/plain'): Received => ({
  code,
  body,
  headers: { 'content-type': type },
})
const json = (code: number, value: object): Received => ({
  code,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
})

test.each<[name: string, answer: Received, requested: Parameters<typeof failureOf>[1], printed: string]>([
  [
    'a Status speaks for itself',
    json(500, {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'InternalError',
      message: 'boom',
    }),
    GET,
    'Error from server (InternalError): boom\n',
  ],
  [
    'without a reason',
    json(500, {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'etcdserver: request timed out',
    }),
    GET,
    'Error from server: etcdserver: request timed out\n',
  ],
  [
    'text of a server error',
    plain(500, 'boom\n'),
    GET,
    'Error from server (InternalError): an error on the server ("boom") has prevented the request ' +
      'from succeeding (get pods)\n',
  ],
  [
    'JSON that is no Status is not shown',
    json(502, { error: 'x' }),
    GET,
    'Error from server (InternalError): an error on the server ("unknown") has prevented the request ' +
      'from succeeding (get pods)\n',
  ],
  [
    'one object',
    plain(404, '404 page not found'),
    { method: 'GET', resource: 'deployments.apps', name: 'web' },
    'Error from server (NotFound): the server could not find the requested resource (get ' +
      'deployments.apps web)\n',
  ],
  [
    'who may not is told by the server',
    plain(403, 'no'),
    GET,
    'Error from server (Forbidden): no (get pods)\n',
  ],
  [
    'nobody',
    { code: 401, headers: {}, body: '' },
    GET,
    'error: You must be logged in to the server (the server has asked for the client to provide ' +
      'credentials (get pods))\n',
  ],
  [
    'conflict of a POST',
    plain(409, ''),
    { method: 'POST', resource: 'pods' },
    'Error from server (AlreadyExists): the server reported a conflict (post pods)\n',
  ],
  [
    'conflict of a PUT',
    plain(409, ''),
    { method: 'PUT', resource: 'pods', name: 'a' },
    'Error from server (Conflict): the server reported a conflict (put pods a)\n',
  ],
  [
    'types that there are',
    plain(406, 'only X'),
    GET,
    'Error from server (NotAcceptable): only X (get pods)\n',
  ],
  [
    'a code without a meaning',
    plain(418, ''),
    { method: 'GET' },
    'Error from server: the server responded with the status code 418 but did not return more information\n',
  ],
])('%s', (_name, response, requested, printed) => {
  expect(errorText(failureOf(response, requested))).toBe(printed)
})

test('what is asked for as bytes is not looked into', () => {
  const forbidden = json(403, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Forbidden',
    message: 'User "jane" cannot get path "/api"',
  })
  expect(errorText(failureOf(forbidden, { method: 'GET' }, true))).toBe(
    'Error from server (Forbidden): unknown\n',
  )
})

test('of a long text the beginning is shown', () => {
  const { message } = failureOf(plain(500, 'x'.repeat(5000)), { method: 'GET' })
  expect(message).toBe(
    `an error on the server ("${'x'.repeat(2048)}") has prevented the request from succeeding`,
  )
})
