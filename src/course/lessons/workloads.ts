import { podsOf, goal, isUp, templateOf, comesUp } from './goals.js'
import { misspelt } from './draw.js'
import { changing, gone, keepsTheRest } from './kept.js'
import { lesson, type LessonSource } from './lesson.js'
import { deployment, jsonPatch, lines, patch, pattern, told } from './shared.js'

const CONTAINER = '/spec/template/spec/containers/0'
const replace = (path: string, value: unknown): object => ({ op: 'replace', path: CONTAINER + path, value })
const remove = (path: string): object => ({ op: 'remove', path: CONTAINER + path })
/** Changes a Deployment's container, and lets that roll out. */
const change = (name: string, ...operations: readonly object[]): string =>
  lines(jsonPatch(`deployment ${name}`, operations), 'sleep 90')

const probe = (path: string, port = 80): object => ({
  httpGet: { path, port },
  periodSeconds: 5,
  failureThreshold: 2,
})

/** Chapter 8: workloads whose own settings are wrong. */
export const workloadLessons: readonly LessonSource[] = [
  lesson('liveness-loop', 'medium', 4, (draw) => {
    const web = draw.app()
    const wrong = draw.one('/healthz', '/alive', '/ping')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '건강한데 자꾸 다시 시작되는 컨테이너',
          `${web}의 포드가 계속 다시 시작됩니다. 프로그램은 첫 페이지(/)를 잘 보여 줍니다. 상태 확인은 남겨 두세요.`,
          [
            'kubectl describe pod: 마지막 이벤트가 왜 죽였는지 말해 줍니다.',
            '라이브니스 프로브가 어느 경로를 확인하나요? 그 경로가 있나요?',
            '프로브의 path를 /로 고치세요.',
          ],
          `라이브니스 프로브가 없는 경로 ${wrong}를 확인해서 404를 받고, kubelet이 멀쩡한 컨테이너를 되풀이해서 죽였습니다. 프로브를 없애면 정말 ` +
            '멈춘 프로그램을 알아챌 수 없습니다.',
        ),
        en: told(
          'A healthy container that keeps restarting',
          `The pods of ${web} restart again and again, although the program serves its start page (/). ` +
            `Keep the health check.`,
          [
            'kubectl describe pod: the last events say why it was killed.',
            'Which path does the liveness probe ask for? Does it exist?',
            'Make the path of the probe /.',
          ],
          `The liveness probe asked for ${wrong}, which does not exist, so the kubelet killed a healthy ` +
            `container over and ` +
            'over. Without the probe, nobody would notice a program that hangs.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { livenessProbe: probe(wrong) })])
        cluster.advance('2m')
      },
      shows: {
        run: 'kubectl describe pods',
        prints: /Liveness probe failed: HTTP probe failed with statuscode: 404/,
      },
      goals: [
        isUp(web),
        goal(
          `The containers of ${web} are not restarted any more.`,
          `${web}의 컨테이너가 더 이상 다시 시작되지 않습니다.`,
          (desk) => {
            if (!comesUp(desk, web, 2)) return false
            const restarts = (): number =>
              podsOf(desk.cluster, web)
                .flatMap(({ status }) => status.containerStatuses ?? [])
                .reduce((sum, { restartCount }) => sum + restartCount, 0)
            const before = restarts()
            desk.cluster.advance('3m')
            return restarts() === before
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.livenessProbe.httpGet.path'),
        }),
      ],
      solution: change(web, replace('/livenessProbe/httpGet/path', '/')),
      wrongRepairs: [
        change(web, remove('/livenessProbe')),
        change(web, replace('/livenessProbe/failureThreshold', 100000)),
        change(web, replace('/livenessProbe/periodSeconds', 86400)),
        change(web, replace('/livenessProbe', { exec: { command: ['true'] }, periodSeconds: 5 })),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('readiness-port', 'easy', 3, (draw) => {
    const web = draw.app()
    const port = draw.one(8080, 8000, 3000)
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '실행 중인데 준비되지 않는 포드',
          `${web}의 포드는 Running이지만 READY가 0/1이고, 서비스 ${web}는 아무 데로도 이어지지 않습니다. 프로그램은 80번 포트에서 응답합니다.`,
          ['kubectl describe pod: Readiness probe failed', '프로브의 포트와 프로그램의 포트를 비교하세요.'],
          `레디니스 프로브가 ${port}번 포트를 확인했는데 프로그램은 80번에서 응답합니다. 준비되지 않은 포드는 서비스의 엔드포인트에 들어가지 않습니다.`,
        ),
        en: told(
          'Pods that run and are never ready',
          `The pods of ${web} are Running, but READY says 0/1, and the Service ${web} leads nowhere. The ` +
            `program listens on port 80.`,
          [
            'kubectl describe pod: Readiness probe failed',
            'Compare the port of the probe with that of the program.',
          ],
          `The readiness probe asked port ${port}, and the program listens on 80. A pod that is not ` +
            `ready is no endpoint of its Service.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, { readinessProbe: probe('/', port) }),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: web }, ports: [{ port: 80 }] },
          },
        ])
        cluster.advance('1m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/2/ },
      goals: [
        isUp(web),
        goal(
          `Clients reach the Service ${web}.`,
          `클라이언트가 서비스 ${web}에 닿습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            desk.cluster.network.connect({ from: { node: 'node-1' }, to: `default/${web}`, port: 80 })
              .connected,
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.readinessProbe.httpGet.port'),
        }),
      ],
      solution: change(web, replace('/readinessProbe/httpGet/port', 80)),
      wrongRepairs: [
        change(web, remove('/readinessProbe')),
        change(web, replace('/readinessProbe', { exec: { command: ['true'] } })),
        lines(patch(`service ${web}`, { spec: { publishNotReadyAddresses: true } }), 'sleep 30'),
        lines(`kubectl run ${web} --image=nginx -l app=${web}`, 'sleep 30'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 30'),
      ],
    }
  }),
  lesson('wrong-target-port', 'easy', 3, (draw) => {
    const web = draw.app()
    const port = draw.one(8080, 8000, 3000)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: told(
          '엔드포인트는 있는데 연결이 거부됩니다',
          `서비스 ${web}의 엔드포인트에는 포드 둘이 있는데, 접속하면 connection refused입니다.`,
          ['kubectl describe service: TargetPort와 Endpoints', '포드의 프로그램은 어느 포트에서 기다리나요?'],
          `서비스의 targetPort가 ${port}인데 nginx는 80번에서 기다립니다. 셀렉터가 맞으면 엔드포인트는 생기지만, 포트까지 확인해 주지는 않습니다.`,
        ),
        en: told(
          'Endpoints exist, connections are refused',
          `The Service ${web} has two endpoints, yet whoever connects is told: connection refused.`,
          [
            'kubectl describe service: TargetPort and Endpoints',
            'On which port does the program in the pods listen?',
          ],
          `The targetPort of the Service was ${port}, and nginx listens on 80. A right selector gives ` +
            `endpoints; nobody checks their port.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, { ports: [{ containerPort: 80 }] }),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: web }, ports: [{ port: 80, targetPort: port }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl describe service ${web}`, prints: pattern`TargetPort: +${port}/TCP` },
      goals: [
        goal(
          `Clients reach the Service ${web} on port 80.`,
          `클라이언트가 서비스 ${web}의 80번 포트에 닿습니다.`,
          ({ cluster }) =>
            ['node-1', 'node-2'].every(
              (node) =>
                cluster.settle().network.connect({ from: { node }, to: `default/${web}`, port: 80 })
                  .connected,
            ),
        ),
        isUp(web),
        keepsTheRest({ [`services/${web}`]: changing('spec.ports.*.targetPort') }),
      ],
      solution: jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
      wrongRepairs: [
        lines(
          `kubectl run other --image=nginx -l app=${web}`,
          jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/port', value: port }]),
          'sleep 30',
        ),
        jsonPatch(`service ${web}`, [
          { op: 'replace', path: '/spec/ports/0', value: { port: 8081, targetPort: 80 } },
        ]),
        change(web, replace('/ports/0/containerPort', port)),
        `kubectl delete service ${web}`,
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('stuck-rollout', 'easy', 3, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '끝나지 않는 배포',
          `${web}의 새 버전을 내보냈는데 배포가 끝나지 않습니다. 새 버전의 이미지는 아직 없습니다. 이전 버전으로 돌아가세요.`,
          [
            `kubectl rollout status deployment ${web}`,
            `kubectl rollout history deployment ${web}`,
            `kubectl rollout undo`,
          ],
          '새 이미지를 받을 수 없어서 새 포드가 준비되지 않았고, 배포는 옛 포드를 지킨 채 멈췄습니다. undo는 이전 레플리카셋의 템플릿으로 돌아갑니다.',
        ),
        en: told(
          'A rollout that does not end',
          `A new version of ${web} was rolled out, and the rollout does not end: its image does not ` +
            `exist yet. Go back to the version before.`,
          [
            `kubectl rollout status deployment ${web}`,
            `kubectl rollout history deployment ${web}`,
            `kubectl rollout undo`,
          ],
          'The new image cannot be pulled, so new pods never get ready, and the rollout stopped while ' +
            'old pods went on. undo goes back to the template of the ReplicaSet before.',
        ),
      },
      prepare: ({ cluster }) => {
        cluster.apply([
          deployment(web, { image: 'nginx:1.28', env: [{ name: 'MODE', value: 'fast' }] }, {}, 3),
        ])
        cluster.settle()
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, { image: 'nginx:non-existent', env: [{ name: 'MODE', value: 'slow' }] }, {}, 3),
        ])
        cluster.advance('2m')
      },
      shows: {
        run: `kubectl rollout status deployment ${web} --timeout=5s`,
        prints: /Waiting for deployment|timed out/,
      },
      goals: [
        isUp(web, 3),
        goal(
          `The template of ${web} is that of the version before.`,
          `${web}의 템플릿이 이전 버전과 같습니다.`,
          ({ cluster, healthy }) =>
            JSON.stringify(templateOf(cluster, web)) === JSON.stringify(templateOf(healthy.cluster, web)),
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template') }),
      ],
      promises: [
        {
          text: {
            en: `At least two pods of ${web} were ready at all times.`,
            ko: `${web}의 포드가 언제나 둘 이상 준비되어 있었습니다.`,
          },
          holds: (cluster) =>
            podsOf(cluster, web).filter(
              ({ metadata, status }) =>
                metadata.deletionTimestamp === undefined &&
                status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
            ).length >= 2,
        },
      ],
      solution: lines(`kubectl rollout undo deployment ${web}`, 'sleep 60'),
      wrongRepairs: [
        lines(`kubectl set image deployment/${web} ${web}=nginx:1.28`, 'sleep 60'),
        lines(`kubectl set image deployment/${web} ${web}=nginx:1.27`, 'sleep 60'),
        lines(`kubectl rollout pause deployment ${web}`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx:1.28 --replicas=3`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('configmap-key', 'easy', 3, (draw) => {
    const web = draw.app()
    const key = draw.one('colour', 'region', 'mode')
    const wrong = misspelt(key)
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '있는 컨피그맵, 없는 값',
          `${web}의 포드가 시작하지 않습니다. 컨피그맵 settings는 분명히 있고, 다른 팀도 씁니다. 컨피그맵은 고치지 마세요.`,
          [
            'kubectl describe pod: 마지막 이벤트',
            'kubectl get configmap settings -o yaml의 키와 비교하세요.',
          ],
          `컨테이너가 키 ${wrong}를 찾는데 컨피그맵의 키는 ${key}입니다. 키가 없으면 객체가 없을 때처럼 컨테이너를 만들 수 없습니다.`,
        ),
        en: told(
          'The ConfigMap is there, the value is not',
          `The pods of ${web} do not start. The ConfigMap settings exists, and other teams use it, too: ` +
            `leave it as it is.`,
          [
            'kubectl describe pod: the last event',
            'Compare the key with kubectl get configmap settings -o yaml.',
          ],
          `The container wants the key ${wrong}, and the ConfigMap has ${key}. Without the key the ` +
            `container cannot be created, as without the object.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'settings' },
            data: { [key]: 'blue', size: 'small' },
          },
          deployment(web, {
            env: [{ name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key: wrong } } }],
          }),
        ])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        isUp(web),
        goal(
          `SETTING of ${web} comes from the key ${key} of the ConfigMap.`,
          `${web}의 SETTING이 컨피그맵의 키 ${key}에서 옵니다.`,
          ({ cluster }) =>
            templateOf(cluster, web)?.containers[0]?.env?.some(
              ({ name, valueFrom }) => name === 'SETTING' && valueFrom?.configMapKeyRef?.key === key,
            ) === true,
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.containers.*.env.*.valueFrom.configMapKeyRef.key',
          ),
        }),
      ],
      solution: change(web, replace('/env/0/valueFrom/configMapKeyRef/key', key)),
      wrongRepairs: [
        lines(`kubectl patch configmap settings -p '{"data":{"${wrong}":"blue"}}'`, 'sleep 60'),
        change(web, replace('/env/0/valueFrom/configMapKeyRef/key', 'size')),
        change(web, {
          op: 'add',
          path: `${CONTAINER}/env/0/valueFrom/configMapKeyRef/optional`,
          value: true,
        }),
        lines(`kubectl set env deployment/${web} SETTING=blue`, 'sleep 60'),
        change(web, remove('/env')),
      ],
    }
  }),
  lesson('misspelt-command', 'easy', 3, (draw) => {
    const web = draw.app()
    const wrong = draw.one('sleeep', 'slep', 'seelp')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '시작할 수 없는 명령',
          `${web}의 포드가 시작하자마자 실패합니다. 하루 동안 기다리기만 하면 되는 프로그램입니다. 이미지는 맞습니다.`,
          ['kubectl describe pod: Last State의 Message', '컨테이너의 command를 한 글자씩 읽으세요.'],
          `command가 ${wrong}라서 런타임이 프로그램을 찾지 못했습니다. 로그는 프로그램이 시작해야 생기므로 비어 있습니다.`,
        ),
        en: told(
          'A command that cannot be started',
          `The pods of ${web} fail as soon as they start. Their program only has to wait for a day. The ` +
            `image is right.`,
          [
            'kubectl describe pod: Message of Last State',
            'Read the command of the container letter by letter.',
          ],
          `The command was ${wrong}, which the runtime does not find. There is no log, since no program ` +
            `ever started.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { image: 'busybox', command: [wrong, '86400'] })])
        cluster.advance('1m')
      },
      shows: { run: 'kubectl describe pods', prints: /executable file not found/ },
      goals: [
        isUp(web),
        goal(`${web} runs sleep 86400.`, `${web}이 sleep 86400을 실행합니다.`, ({ cluster }) => {
          const { command = [], args = [] } = templateOf(cluster, web)?.containers[0] ?? {}
          return [...command, ...args].join(' ').replace(/^\/bin\//, '') === 'sleep 86400'
        }),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.containers.*.command',
            'spec.template.spec.containers.*.args',
          ),
        }),
      ],
      solution: change(web, replace('/command', ['sleep', '86400'])),
      wrongRepairs: [
        change(web, remove('/command')),
        lines(`kubectl set image deployment/${web} ${web}=nginx`, change(web, remove('/command'))),
        change(web, replace('/command', ['sh', '-c', 'while true; do :; done'])),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        change(web, replace('/command', ['sleep', '1'])),
      ],
    }
  }),
  lesson('init-waits', 'medium', 4, (draw) => {
    const [web, db] = [draw.app(), draw.one('db', 'cache', 'queue', 'store')]
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '초기화에서 멈춘 포드',
          `${web}의 포드가 Init:0/1에 머물러 있습니다. 데이터베이스 ${db}의 포드는 실행 중입니다.`,
          [
            `kubectl logs deployment/${web} -c wait: 무엇을 기다리나요?`,
            'kubectl get services: 그 이름의 서비스가 있나요?',
            `포드 ${db}의 80번 포트로 이어지는 서비스 ${db}를 만드세요.`,
          ],
          `초기화 컨테이너는 이름 ${db}를 찾을 때까지 기다리는데, 그 이름의 서비스가 없었습니다. 초기화 컨테이너가 끝나야 본 컨테이너가 시작합니다.`,
        ),
        en: told(
          'Pods that do not get past initialization',
          `The pods of ${web} stay at Init:0/1. The pod of the database, ${db}, runs.`,
          [
            `kubectl logs deployment/${web} -c wait: what do they wait for?`,
            'kubectl get services: is there one of that name?',
            `Create a Service ${db} that leads to port 80 of the pod ${db}.`,
          ],
          `The init container waits until the name ${db} can be resolved, and no Service had that name. ` +
            `Containers start only after init containers have ended.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: db, labels: { app: db } },
            spec: { containers: [{ name: db, image: 'nginx' }] },
          },
          deployment(
            web,
            {},
            {
              initContainers: [
                {
                  name: 'wait',
                  image: 'busybox',
                  command: ['sh', '-c', `until nslookup ${db}; do echo waiting for ${db}; sleep 2; done`],
                },
              ],
            },
          ),
        ])
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get pods', prints: /Init:0\/1/ },
      goals: [
        isUp(web),
        goal(
          `The Service ${db} leads to the pod ${db}, and to nothing else.`,
          `서비스 ${db}가 포드 ${db}로만 이어집니다.`,
          ({ cluster }) => {
            cluster.settle()
            const targets = cluster.state
              .peek('endpointslices', { labelSelector: `kubernetes.io/service-name=${db}` })
              .flatMap(({ endpoints }) => endpoints ?? [])
              .map(({ targetRef }) => targetRef?.name)
            return (
              targets.join() === db &&
              cluster.network.connect({ from: { node: 'node-1' }, to: `default/${db}`, port: 80 }).connected
            )
          },
        ),
        keepsTheRest(),
      ],
      solution: lines(`kubectl expose pod ${db} --port=80`, 'sleep 60'),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/initContainers' }]),
          'sleep 60',
        ),
        lines(
          `kubectl create service clusterip ${db} --tcp=80`,
          `kubectl label pod ${db} app=x --overwrite`,
          'sleep 60',
        ),
        lines(`kubectl create service externalname ${db} --external-name=example.com`, 'sleep 60'),
        lines(`kubectl expose deployment ${web} --name=${db} --port=80`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl expose pod ${db} --port=80 --target-port=8080`, 'sleep 60'),
      ],
    }
  }),
  lesson('limit-range', 'easy', 4, (draw) => {
    const web = draw.app()
    const asked = draw.one('512Mi', '768Mi', '1Gi')
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '한도를 넘은 컨테이너',
          `디플로이먼트 ${web}에 포드가 하나도 없습니다. 네임스페이스의 규칙은 그대로 두세요.`,
          [
            'kubectl describe replicaset: 이벤트',
            'kubectl describe limitrange',
            '메모리 한도를 규칙 안으로 낮추세요.',
          ],
          `리밋레인지는 컨테이너의 메모리를 256Mi까지 허용하는데 ${web}는 ${asked}를 원했습니다. 거부는 포드를 만들 때 일어납니다.`,
        ),
        en: told(
          'A container beyond the limit',
          `The Deployment ${web} has no pod at all. Leave the rules of the namespace as they are.`,
          [
            'kubectl describe replicaset: events',
            'kubectl describe limitrange',
            'Lower the memory limit to what the rule allows.',
          ],
          `The LimitRange allows a container 256Mi of memory, and ${web} wanted ${asked}. Pods are ` +
            `refused when they are created.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata: { name: 'memory' },
            spec: {
              limits: [{ type: 'Container', max: { memory: '256Mi' }, defaultRequest: { memory: '64Mi' } }],
            },
          },
          deployment(web, { resources: { limits: { memory: asked }, requests: { memory: '128Mi' } } }),
        ])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/2/ },
      goals: [
        isUp(web),
        goal(
          `${web} still asks for 128Mi of memory and has a limit of at least that.`,
          `${web}이 여전히 메모리 128Mi를 요청하고, 한도가 그 이상입니다.`,
          ({ cluster }) => {
            const { requests, limits } = templateOf(cluster, web)?.containers[0]?.resources ?? {}
            return (
              requests?.['memory'] === '128Mi' &&
              /^(128|1[3-9]\d|2[0-4]\d|25[0-6])Mi$/.test(limits?.['memory'] ?? '')
            )
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources.limits'),
        }),
      ],
      solution: lines(`kubectl set resources deployment ${web} --limits=memory=256Mi`, 'sleep 60'),
      wrongRepairs: [
        lines('kubectl delete limitrange memory', `kubectl rollout restart deployment ${web}`, 'sleep 60'),
        lines(
          jsonPatch('limitrange memory', [
            { op: 'replace', path: '/spec/limits/0/max/memory', value: '8Gi' },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl set resources deployment ${web} --limits=memory=64Mi --requests=memory=64Mi`,
          'sleep 60',
        ),
        change(web, remove('/resources')),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('missing-account', 'easy', 3, (draw) => {
    const web = draw.app()
    const account = draw.one('deployer', 'runner', 'reader')
    return {
      exams: ['ckad', 'cka'],
      texts: {
        ko: told(
          '만들어지지 않는 포드',
          `디플로이먼트 ${web}에 포드가 하나도 없습니다. ${web}는 자기 서비스 계정으로 실행되어야 합니다.`,
          ['kubectl describe replicaset: FailedCreate', 'kubectl get serviceaccounts'],
          `서비스 계정 ${account}가 없었습니다. 어드미션이 포드를 거부하므로 포드가 아니라 레플리카셋에 이벤트가 남습니다.`,
        ),
        en: told(
          'Pods that are never created',
          `The Deployment ${web} has no pod at all. ${web} must run as its own service account.`,
          ['kubectl describe replicaset: FailedCreate', 'kubectl get serviceaccounts'],
          `The service account ${account} did not exist. Admission refuses the pods, so the event is on ` +
            `the ReplicaSet.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}, { serviceAccountName: account })])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/2/ },
      goals: [
        isUp(web),
        goal(
          `The pods of ${web} run as ${account}.`,
          `${web}의 포드가 ${account} 계정으로 실행됩니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) => spec.serviceAccountName === account),
        ),
        keepsTheRest(),
      ],
      solution: lines(
        `kubectl create serviceaccount ${account}`,
        `kubectl rollout restart deployment ${web}`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(`kubectl set serviceaccount deployment ${web} default`, 'sleep 60'),
        lines(
          `kubectl create serviceaccount ${account} -n kube-system`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount ${account}`,
          `kubectl scale deployment ${web} --replicas=1`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount ${account}`,
          `kubectl create clusterrolebinding ${account} --clusterrole=cluster-admin ` +
            `--serviceaccount=default:${account}`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl run ${web} --image=nginx -l app=${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('failed-job', 'medium', 5, (draw) => {
    const name = draw.one('report', 'import', 'cleanup')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '포기한 작업',
          `작업(Job) ${name}이 실패했습니다. 매니페스트는 /root/${name}.yaml입니다. 작업이 목록 /etc/passwd를 세고 끝나게 해 주세요.`,
          [
            `kubectl describe job ${name}; kubectl logs job/${name}`,
            '작업의 템플릿은 고칠 수 없습니다. 지우고 고친 파일로 다시 만드세요.',
            'wc -l /etc/passwd',
          ],
          '명령이 없는 파일을 읽어 1로 끝났고, backoffLimit만큼 되풀이한 뒤 작업이 포기했습니다. 작업의 템플릿은 불변이라 다시 만들어야 합니다.',
        ),
        en: told(
          'A Job that has given up',
          `The Job ${name} has failed. Its manifest is /root/${name}.yaml. Let it count the lines of ` +
            `/etc/passwd and end.`,
          [
            `kubectl describe job ${name}; kubectl logs job/${name}`,
            'The template of a Job cannot be changed: delete it, and create it from the corrected file.',
            'wc -l /etc/passwd',
          ],
          'The command read a file that does not exist and ended with 1; after backoffLimit retries the ' +
            'Job gave up. Its template is immutable, so it must be created again.',
        ),
      },
      start: ({ cluster, master }) => {
        const manifest = `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  backoffLimit: 1
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: ${name}
        image: busybox
        command: [wc, -l, /etc/passwords]
`
        master.write(`/root/${name}.yaml`, manifest)
        cluster.apply(manifest)
        cluster.advance('3m')
      },
      shows: { run: `kubectl describe job ${name}`, prints: /BackoffLimitExceeded/ },
      goals: [
        goal(
          `The Job ${name} completes twice, as written, with wc -l /etc/passwd.`,
          `작업 ${name}이 wc -l /etc/passwd로 두 번 완료됩니다.`,
          ({ cluster }) => {
            const found = () =>
              cluster.state.peek('jobs', { namespace: 'default', fieldSelector: `metadata.name=${name}` })[0]
            const isDone = cluster.internals.until(() => found()?.status?.succeeded === 2, '5m')
            const [container] = found()?.spec.template.spec.containers ?? []
            return (
              isDone &&
              container?.image === 'busybox' &&
              [...(container.command ?? []), ...(container.args ?? [])].join(' ') === 'wc -l /etc/passwd'
            )
          },
        ),
        goal(
          'It may still be retried once.',
          '여전히 한 번 다시 시도할 수 있습니다.',
          ({ cluster }) =>
            cluster.state.peek('jobs', { fieldSelector: `metadata.name=${name}` })[0]?.spec.backoffLimit ===
            1,
        ),
        keepsTheRest({ [`jobs/${name}`]: gone }),
      ],
      solution: lines(
        `kubectl delete job ${name}`,
        `sed -i 's#/etc/passwords#/etc/passwd#' ${name}.yaml`,
        `kubectl apply -f ${name}.yaml`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(`kubectl delete job ${name}`, `kubectl create job ${name} --image=busybox -- true`, 'sleep 60'),
        lines(`kubectl delete job ${name}`, 'sleep 10'),
        lines(`kubectl delete job ${name}`, `kubectl apply -f ${name}.yaml`, 'sleep 120'),
        lines(
          `kubectl delete job ${name}`,
          `sed -i 's#/etc/passwords#/etc/passwd#; s/completions: 2/completions: 1/' ${name}.yaml`,
          `kubectl apply -f ${name}.yaml`,
          'sleep 60',
        ),
        lines(
          `kubectl delete job ${name}`,
          `sed -i 's#wc, -l, /etc/passwords#sh, -c, wc -l /etc/passwords || true#' ${name}.yaml`,
          `kubectl apply -f ${name}.yaml`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('suspended-cronjob', 'easy', 3, (draw) => {
    const name = draw.one('backup', 'report', 'cleanup')
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '실행되지 않는 예약 작업',
          `크론잡 ${name}은 5분마다 실행되어야 하는데 한 번도 실행되지 않았습니다.`,
          [`kubectl get cronjob ${name}: 열을 모두 읽으세요.`, 'SUSPEND가 무엇을 뜻하나요?'],
          '누군가 점검하느라 suspend를 켜고 끄지 않았습니다. 멈춘 동안의 실행은 나중에 채워지지 않습니다.',
        ),
        en: told(
          'A schedule that nothing follows',
          `The CronJob ${name} should run every five minutes, and has never run.`,
          [`kubectl get cronjob ${name}: read all columns.`, 'What does SUSPEND mean?'],
          'Somebody suspended it for maintenance, and did not resume it. Runs that were missed meanwhile ' +
            'are not made up for.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'batch/v1',
            kind: 'CronJob',
            metadata: { name },
            spec: {
              schedule: '*/5 * * * *',
              suspend: true,
              jobTemplate: {
                spec: {
                  template: {
                    spec: {
                      restartPolicy: 'Never',
                      containers: [{ name, image: 'busybox', command: ['date'] }],
                    },
                  },
                },
              },
            },
          },
        ])
        cluster.advance('11m')
      },
      shows: { run: `kubectl get cronjob ${name}`, prints: /True +0 +<none>/ },
      goals: [
        goal(
          'A run that the CronJob has started completes.',
          '크론잡이 시작한 작업이 완료됩니다.',
          ({ cluster }) =>
            cluster.internals.until(
              () =>
                cluster.state
                  .peek('jobs')
                  .some(
                    ({ metadata, status }) =>
                      metadata.ownerReferences?.some(
                        (owner) => owner.kind === 'CronJob' && owner.name === name,
                      ) === true &&
                      metadata.annotations?.['cronjob.kubernetes.io/instantiate'] === undefined &&
                      (status?.succeeded ?? 0) > 0,
                  ),
              '12m',
            ),
        ),
        keepsTheRest({ [`cronjobs/${name}`]: changing('spec.suspend') }),
      ],
      solution: `kubectl patch cronjob ${name} -p '{"spec":{"suspend":false}}'`,
      wrongRepairs: [
        lines(`kubectl create job ${name} --image=busybox -- date`, 'sleep 60'),
        lines(`kubectl create job now --from=cronjob/${name}`, 'sleep 60'),
        lines(
          `kubectl delete cronjob ${name}`,
          `kubectl create cronjob ${name} --image=busybox --schedule='*/5 * * * *' -- true`,
        ),
        `kubectl patch cronjob ${name} -p '{"spec":{"suspend":false,"schedule":"* * * * *"}}'`,
        `kubectl patch cronjob ${name} -p '{"spec":{"schedule":"* * * * *"}}'`,
      ],
    }
  }),
  lesson('statefulset-dns', 'medium', 5, (draw) => {
    const name = draw.one('db', 'cache', 'queue')
    return {
      exams: ['ckad', 'cka'],
      options: { nodes: 2, addons: { coreDNS: true } },
      texts: {
        ko: told(
          '이름 없는 스테이트풀셋',
          `${name}의 복제본은 서로를 ${name}-0.${name} 같은 이름으로 찾아야 하는데, client에서 그 이름을 찾을 수 없습니다.`,
          [
            `kubectl exec client -- nslookup ${name}-0.${name}`,
            `kubectl get statefulset ${name} -o jsonpath={.spec.serviceName}`,
            '그 이름의 헤드리스(clusterIP: None) 서비스가 있어야 합니다.',
          ],
          `스테이트풀셋의 포드는 serviceName이 가리키는 헤드리스 서비스 아래에서 이름을 얻는데, 서비스 ${name}가 없었습니다.`,
        ),
        en: told(
          'A StatefulSet without names',
          `The replicas of ${name} should find each other as ${name}-0.${name}, but client cannot ` +
            `resolve that name.`,
          [
            `kubectl exec client -- nslookup ${name}-0.${name}`,
            `kubectl get statefulset ${name} -o jsonpath={.spec.serviceName}`,
            'There must be a headless Service (clusterIP: None) of that name.',
          ],
          `Pods of a StatefulSet get their names under the headless Service that serviceName names, and ` +
            `there was none called ${name}.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            metadata: { name },
            spec: {
              serviceName: name,
              replicas: 2,
              selector: { matchLabels: { app: name } },
              template: {
                metadata: { labels: { app: name } },
                spec: { containers: [{ name, image: 'nginx' }] },
              },
            },
          },
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'client' },
            spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '100000'] }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl exec client -- nslookup ${name}-0.${name}`, prints: /NXDOMAIN|exit code 1/ },
      goals: [
        goal('Each replica is reached by its name.', '복제본마다 자기 이름으로 닿습니다.', ({ cluster }) =>
          [0, 1].flatMap((at) => {
            const to = `${name}-${at}.${name}.default.svc.cluster.local`
            const { connected } = cluster.settle().network.connect({ from: 'default/client', to, port: 80 })
            return connected ? [] : [`${to} is not reached`]
          }),
        ),
        goal(
          `The names still lead to both replicas of the StatefulSet ${name}.`,
          `이름이 여전히 스테이트풀셋 ${name}의 복제본 둘로 이어집니다.`,
          ({ cluster }) => {
            const pods = cluster.state
              .peek('pods')
              .filter(({ metadata }) =>
                metadata.ownerReferences?.some(
                  ({ kind, name: owner }) => kind === 'StatefulSet' && owner === name,
                ),
              )
            const named = cluster.state
              .peek('endpointslices', { labelSelector: `kubernetes.io/service-name=${name}` })
              .flatMap(({ endpoints }) => endpoints ?? [])
              .map(({ targetRef }) => targetRef?.uid)
            return pods.length === 2 && pods.every(({ metadata }) => named.includes(metadata.uid ?? ''))
          },
        ),
        keepsTheRest(),
      ],
      solution: lines(`kubectl create service clusterip ${name} --clusterip=None`, 'sleep 20'),
      wrongRepairs: [
        lines(`kubectl create service clusterip ${name} --clusterip=None -n kube-system`, 'sleep 20'),
        lines(`kubectl expose pod ${name}-0 --name=${name}-0 --port=80`, 'sleep 20'),
        lines(
          `kubectl delete statefulset ${name}`,
          `kubectl create deployment ${name} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines(`kubectl rollout restart statefulset ${name}`, 'sleep 60'),
        lines(
          `kubectl create service clusterip ${name} --clusterip=None`,
          `kubectl set selector service ${name} app=other`,
          'sleep 20',
        ),
      ],
    }
  }),
]
