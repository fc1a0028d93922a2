import { podsOf, goal, isUp, notices, objectOf, templateOf, comesUp } from '../goals.js'
import { misspelt } from '../draw.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import {
  deployment,
  jsonPatch,
  lines,
  patch,
  pattern,
  PROBE,
  told,
  CONTAINER,
  replace,
  remove,
  change,
} from '../shared.js'

const probe = (path: string, port = 80): object => ({
  httpGet: { path, port },
  periodSeconds: 5,
  failureThreshold: 2,
})

/** Chapter 8: pods that run and fail: probes, ports, images, settings. */
export const failingPodLessons: readonly LessonSource[] = [
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
        notices(web, 'liveness'),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.livenessProbe') }),
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
        notices(web, 'readiness'),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.readinessProbe') }),
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
        goal(
          `The program of ${web} ends by itself after a day, and not before.`,
          `${web}의 프로그램은 하루가 지나면 스스로 끝나고, 그 전에는 끝나지 않습니다.`,
          ({ cluster }) => {
            const spec = templateOf(cluster, web)
            if (spec === undefined) return false
            cluster.apply([
              {
                apiVersion: 'v1',
                kind: 'Pod',
                metadata: { name: PROBE, namespace: 'default' },
                spec: { ...spec, restartPolicy: 'Never' },
              },
            ])
            const phase = (): string | undefined => objectOf(cluster, 'pods', PROBE)?.status.phase
            if (!cluster.internals.until(() => phase() === 'Running', '3m')) return false
            cluster.advance('23h59m')
            if (phase() !== 'Running') return false
            cluster.advance('2m')
            return phase() === 'Succeeded'
          },
        ),
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
]
