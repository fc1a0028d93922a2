import type { AuditedEvent } from '../../../apiserver/audit-policy.js'
import type { Host } from '../../../host/index.js'
import { fromBase64 } from '../../../lang/bytes/base64.js'
import { apiserverResponds, changesOnly, goal } from '../goals.js'
import { gone, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { ETCD_FLAGS, lines, MANIFESTS, namespaceOf, pattern, PROBE, told } from '../shared.js'

const APISERVER = `${MANIFESTS}/kube-apiserver.yaml`
const AUDIT_FLAGS = /^--audit-(?:policy-file|log-[a-z]+)=/
const LOG = '/var/log/kubernetes/audit.log'

/** A line for the shell that adds flags and folders of the machine to the apiserver's manifest. */
const configured = (
  flags: readonly string[],
  folders: readonly (readonly [path: string, readOnly: boolean])[],
): string =>
  [
    `sed -i -e 's#^    - --etcd-servers#${flags.map((flag) => String.raw`    - ${flag}\n`).join('')}&#'`,
    `-e 's#^    volumeMounts:#&${folders
      .map(
        ([path, readOnly], at) =>
          String.raw`\n    - {name: own${at}, mountPath: ${path}, readOnly: ${readOnly}}`,
      )
      .join('')}#'`,
    `-e 's#^  volumes:#&${folders
      .map(
        ([path], at) =>
          String.raw`\n  - {name: own${at}, hostPath: {path: ${path}, type: DirectoryOrCreate}}`,
      )
      .join('')}#' ${APISERVER}; sleep 20`,
  ].join(' ')

/** A line for the shell that writes a file. */
const written = (path: string, text: string): string =>
  `mkdir -p ${path.replace(/\/[^/]*$/, '')}\ncat > ${path} <<'END'\n${text}END\n`

/** The events that a line of the shell leaves behind in the audit log. */
async function auditedBy(master: Host, line: string): Promise<readonly AuditedEvent[]> {
  const read = (): readonly string[] => (master.read(LOG) ?? '').split('\n')
  const before = read().length
  await master.sh(line)
  return read()
    .slice(before - 1)
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as AuditedEvent)
    .filter(({ stage, user }) => stage === 'ResponseComplete' && user.username === 'kubernetes-admin')
}

const POLICY = '/etc/kubernetes/audit/policy.yaml'
const policyOf = (...rules: readonly string[]): string =>
  `apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n` +
  rules.map((rule) => `- ${rule}\n`).join('')

/** Chapter 4 and 5: what the apiserver itself has to do for security. */
export const hardenedServerLessons: readonly LessonSource[] = [
  lesson('audit-log', 'hard', 12, (draw) => {
    const team = draw.one('payments', 'payroll', 'research')
    const kept = draw.one('4', '6', '10')
    const [policyFlag, logFlag, backups] = [
      `--audit-policy-file=${POLICY}`,
      `--audit-log-path=${LOG}`,
      `--audit-log-maxbackup=${kept}`,
    ]
    const secrets = 'level: Metadata, resources: [{group: "", resources: [secrets]}]'
    const changes =
      `level: RequestResponse, namespaces: [${team}], verbs: [create, update, patch, delete], ` +
      'resources: [{group: "", resources: [configmaps]}]'
    const folders = [
      ['/etc/kubernetes/audit', true],
      ['/var/log/kubernetes', false],
    ] as const
    const solved = (policy: string, flags: readonly string[] = [policyFlag, logFlag, backups]): string =>
      written(POLICY, policy) + configured(flags, folders)
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '아무도 모르는 요청',
          `누가 시크릿을 읽었는지 아무도 모릅니다. 컨트롤 플레인의 ${LOG}에 감사 로그를 남기세요. 모든 네임스페이스의 시크릿 요청은 ` +
            `Metadata로, ${team}의 컨피그맵을 바꾸는 요청은 RequestResponse로, 그 밖의 요청은 남기지 않습니다. 옛 파일은 ${kept}개까지 둡니다.`,
          [
            `정책은 ${POLICY}에 쓰고, 규칙은 위에서부터 처음 맞는 것 하나만 적용됩니다.`,
            `${APISERVER}: --audit-policy-file, --audit-log-path, --audit-log-maxbackup`,
            'apiserver는 컨테이너입니다. 정책의 폴더와 로그의 폴더를 모두 hostPath로 마운트하세요.',
            'tail /var/log/kube-apiserver.log',
          ],
          '정책만 있거나 경로만 있으면 apiserver는 아무것도 쓰지 않습니다. 로그 폴더를 마운트하지 않으면 로그는 컨테이너와 함께 사라지고, ' +
            '시크릿을 Request 이상으로 남기면 로그를 읽는 사람이 모두 비밀번호를 읽습니다.',
        ),
        en: told(
          'Requests that nobody knows of',
          `Nobody knows who has read Secrets. Write an audit log to ${LOG} of the control plane: requests ` +
            `for Secrets of all namespaces at level Metadata, changes of ConfigMaps in ${team} at level ` +
            `RequestResponse, and nothing else. Keep ${kept} old files.`,
          [
            `Write the policy to ${POLICY}. Of its rules, the first that applies decides.`,
            `${APISERVER}: --audit-policy-file, --audit-log-path, --audit-log-maxbackup`,
            'The apiserver is a container: mount the folder of the policy and that of the log as hostPath.',
            'tail /var/log/kube-apiserver.log',
          ],
          'With a policy alone, or a path alone, the apiserver writes nothing. Without a mount the log is ' +
            'lost with the container. And Secrets at level Request are passwords for whoever reads the log.',
        ),
      },
      prepare: ({ cluster }) => {
        cluster.apply([
          namespaceOf(team),
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'bank', namespace: team },
            stringData: { pin: '4711' },
          },
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'rates', namespace: team },
            data: { eur: '1' },
          },
        ])
        cluster.settle()
      },
      start: () => undefined,
      shows: { run: `tail -1 ${LOG}`, prints: /No such file/ },
      goals: [
        apiserverResponds,
        goal(
          'Each request for a Secret is in the log, without its content.',
          '시크릿에 대한 모든 요청이 내용 없이 로그에 남습니다.',
          async ({ cluster, master }) => {
            cluster.settle()
            const events = await auditedBy(
              master,
              lines(
                `kubectl get secret bank -n ${team}`,
                `kubectl create secret generic ${PROBE} --from-literal=a=hidden`,
              ),
            )
            const seen = events.filter(({ objectRef }) => objectRef?.resource === 'secrets')
            return (
              ['get', 'create'].every((wanted) => seen.some(({ verb }) => verb === wanted)) &&
              seen.every(({ level }) => level === 'Metadata')
            )
          },
        ),
        goal(
          `Each change of a ConfigMap in ${team} is in the log, with both objects.`,
          `${team}의 컨피그맵을 바꾸는 모든 요청이 보낸 것과 받은 것까지 로그에 남습니다.`,
          async ({ cluster, master }) => {
            cluster.settle()
            const events = await auditedBy(
              master,
              lines(
                `kubectl create configmap ${PROBE} -n ${team} --from-literal=a=b`,
                `kubectl annotate configmap ${PROBE} -n ${team} a=b`,
                `kubectl delete configmap ${PROBE} -n ${team}`,
              ),
            )
            const seen = events.filter(({ objectRef }) => objectRef?.resource === 'configmaps')
            return ['create', 'patch', 'delete'].every((wanted) =>
              seen.some(({ verb, level }) => verb === wanted && level === 'RequestResponse'),
            )
          },
        ),
        goal(
          'Nothing else is in the log.',
          '그 밖의 요청은 로그에 남지 않습니다.',
          async ({ cluster, master }) => {
            cluster.settle()
            if (master.read(LOG) === undefined) return false
            const events = await auditedBy(
              master,
              lines(
                'kubectl get pods -A',
                `kubectl create configmap ${PROBE} --from-literal=a=b`,
                `kubectl get configmaps -n ${team}`,
                'kubectl get --raw /version',
              ),
            )
            return events.map(({ verb, requestURI }) => `${verb} ${requestURI}`)
          },
        ),
        changesOnly('kube-apiserver', AUDIT_FLAGS, {
          text: {
            en: `The apiserver got no other flags than those of the log, and keeps ${kept} old files.`,
            ko: `apiserver에는 감사 로그의 옵션만 더해졌고, 옛 파일은 ${kept}개까지 둡니다.`,
          },
          flags: [backups],
        }),
        keepsTheRest({ [APISERVER]: gone }),
      ],
      solution: solved(policyOf(`{${secrets}}`, `{${changes}}`)),
      wrongRepairs: [
        solved(policyOf('{level: Metadata}')),
        solved(policyOf(`{${secrets.replace('Metadata', 'RequestResponse')}}`, `{${changes}}`)),
        solved(policyOf(`{${secrets}}`, `{${changes}}`), [policyFlag]),
        solved(policyOf(`{${secrets}}`, `{${changes}}`), [logFlag, backups]),
        solved(policyOf('{level: None}', `{${secrets}}`, `{${changes}}`)),
        solved(policyOf(`{${secrets}}`, `{${changes.replace(`namespaces: [${team}], `, '')}}`)),
        written(POLICY, policyOf(`{${secrets}}`, `{${changes}}`)) +
          configured([policyFlag, logFlag, backups], [folders[0]]),
        written(LOG, '{"kind":"Event","level":"Metadata","verb":"get","objectRef":{"resource":"secrets"}}\n'),
        lines(
          solved(policyOf(`{${secrets}}`, `{${changes}}`)),
          `sed -i 's#=Node,RBAC#=AlwaysAllow#' ${APISERVER}`,
          'sleep 20',
        ),
      ],
    }
  }),
  lesson('encrypt-secrets', 'hard', 12, (draw) => {
    const team = draw.one('payments', 'payroll', 'research')
    const name = draw.one('bank', 'ledger', 'vault')
    const kind = draw.one('aescbc', 'secretbox', 'aesgcm')
    const keyName = draw.one('key1', 'first', 'k2026')
    const file = '/etc/kubernetes/enc/enc.yaml'
    const inEtcd = `etcdctl ${ETCD_FLAGS} get /registry/secrets/${team}/${name}`
    const provider = `${kind}: {keys: [{name: ${keyName}, secret: $(head -c 32 /dev/urandom | base64)}]}`
    const solved = (resources: string, ...providers: readonly string[]): string =>
      `mkdir -p /etc/kubernetes/enc\ncat > ${file} <<END\napiVersion: apiserver.config.k8s.io/v1\n` +
      `kind: EncryptionConfiguration\nresources:\n- resources: [${resources}]\n  providers:\n` +
      `${providers.map((each) => `  - ${each}\n`).join('')}END\n` +
      configured([`--encryption-provider-config=${file}`], [['/etc/kubernetes/enc', true]])
    const rewritten = 'kubectl get secrets -A -o json | kubectl replace -f -'
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '백업에서 읽히는 비밀번호',
          `etcd의 백업을 가진 사람은 누구나 시크릿 ${name}(네임스페이스 ${team})의 비밀번호를 읽을 수 있습니다. 모든 시크릿을 ${kind}와 ` +
            `${keyName}이라는 이름의 키로 암호화하세요. 이미 있는 것도 마찬가지입니다.`,
          [
            `${inEtcd} | hexdump -C`,
            'head -c 32 /dev/urandom | base64: 키가 됩니다.',
            `EncryptionConfiguration을 쓰고, ${APISERVER}에 --encryption-provider-config와 그 파일의 마운트를 ` +
              '더하세요. 아직 암호화되지 않은 시크릿을 읽으려면 identity가 마지막 provider로 있어야 합니다.',
            rewritten,
          ],
          'provider의 첫째가 쓰고, 나머지는 읽기만 합니다. 설정을 바꿔도 이미 저장된 값은 그대로라서 모두 다시 써야 합니다.',
        ),
        en: told(
          'A password in a backup',
          `Whoever has a backup of etcd can read the password in the Secret ${name} (namespace ${team}). ` +
            `Encrypt all Secrets with ${kind} and a key named ${keyName}, also those that exist already.`,
          [
            `${inEtcd} | hexdump -C`,
            'head -c 32 /dev/urandom | base64 makes a key.',
            `Write an EncryptionConfiguration, and add --encryption-provider-config and a mount of its ` +
              `folder to ${APISERVER}. Secrets that are not encrypted yet are read by identity, as the ` +
              'last provider.',
            rewritten,
          ],
          'The first provider writes; the others only read. A new configuration changes nothing that is ' +
            'stored already: all Secrets have to be written again.',
        ),
      },
      prepare: ({ cluster }) => {
        const secret = (namespace: string, own: string, data: object): object => ({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: own, namespace },
          stringData: data,
        })
        cluster.apply([
          namespaceOf(team),
          secret(team, name, { password: 'hunter2' }),
          secret('default', 'token', { token: 'abcdef' }),
        ])
        cluster.settle()
      },
      start: () => undefined,
      shows: { run: inEtcd, prints: pattern`"name":"${name}"` },
      goals: [
        apiserverResponds,
        goal(
          `Every Secret in etcd is encrypted with ${kind} and ${keyName}.`,
          `etcd의 모든 시크릿이 ${kind}와 ${keyName} 키로 암호화되어 있습니다.`,
          async ({ cluster, master }) => {
            cluster.settle()
            const { stdout } = await master.sh(
              `kubectl create secret generic ${PROBE}; ` +
                `etcdctl ${ETCD_FLAGS} get /registry/secrets/ --prefix -w json`,
            )
            const [, text = '{}'] = /^(\{.*)$/m.exec(stdout) ?? []
            const { kvs = [] } = JSON.parse(text) as { kvs?: readonly { key: string; value: string }[] }
            const open = kvs.filter(({ value }) => !atob(value).startsWith(`k8s:enc:${kind}:v1:${keyName}:`))
            return kvs.length === 0
              ? ['no Secret is in etcd']
              : open.map(({ key }) => `${new TextDecoder().decode(fromBase64(key))} is stored otherwise`)
          },
        ),
        goal(
          'Every Secret can still be read.',
          '모든 시크릿을 여전히 읽을 수 있습니다.',
          ({ cluster, begun }) => {
            cluster.settle()
            const secrets = ({ cluster: one }: typeof begun): string =>
              one.kubectl('get secrets -A -o jsonpath={.items[*].data}').stdout
            return secrets(begun) !== '' && secrets({ cluster, master: begun.master }) === secrets(begun)
          },
        ),
        changesOnly('kube-apiserver', /^--encryption-provider-config/, {
          text: {
            en: 'The apiserver got no other flags than that of the encryption.',
            ko: 'apiserver에는 암호화 옵션만 더해졌습니다.',
          },
          flags: [],
        }),
        keepsTheRest({ [APISERVER]: gone }),
      ],
      solution: lines(solved('secrets', provider, 'identity: {}'), rewritten),
      wrongRepairs: [
        solved('secrets', provider, 'identity: {}'),
        lines(solved('secrets', 'identity: {}', provider), rewritten),
        lines(solved('secrets', provider), rewritten),
        lines(solved('configmaps', provider, 'identity: {}'), rewritten),
        `kubectl delete secret ${name} -n ${team}`,
        `etcdctl ${ETCD_FLAGS} put /registry/secrets/${team}/${name} k8s:enc:${kind}:v1:${keyName}:abcdef`,
        lines(
          `kubectl patch secret ${name} -n ${team} -p '{"stringData":{"password":"aHVudGVyMg=="}}'`,
          'sleep 10',
        ),
        lines(
          solved('secrets', provider, 'identity: {}'),
          rewritten,
          `sed -i /encryption-provider/d ${APISERVER}`,
          'sleep 20',
        ),
        lines(
          solved(
            'secrets',
            `${kind}: {keys: [{name: ${keyName}, secret: ${btoa('too short')}}]}`,
            'identity: {}',
          ),
          rewritten,
        ),
      ],
    }
  }),
]
