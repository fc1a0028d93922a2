import { goal, podsOf, comesUp, isUp, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, patch } from '../shared.js'

/** Chapter 6: security contexts. */
export const securityContextLessons: readonly LessonSource[] = [
  lesson('root-image', 'medium', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad', 'cks'],
      texts: {
        ko: {
          title: '시작조차 하지 않는 컨테이너',
          symptom: `보안 점검 뒤에 ${web}이 뜨지 않습니다. 보안 설정을 지우지 말고 고치세요.`,
          hints: [
            'kubectl describe pod의 이벤트를 읽어 보세요.',
            '이미지는 root로 실행되려고 하는데 포드는 root를 허용하지 않습니다.',
            '누구로 실행할지 숫자로 정해 주세요: runAsUser',
          ],
          explanation:
            'runAsNonRoot는 root로 실행되는 이미지를 시작시키지 않습니다. runAsUser로 root가 아닌 UID를 주면 두 조건이 모두 맞습니다.',
        },
        en: {
          title: 'Containers that do not even start',
          symptom:
            `Since the security review ${web} does not come up. Repair it without removing the ` +
            `security settings.`,
          hints: [
            'Read the events in kubectl describe pod.',
            'The image wants to run as root, and the pod does not allow it.',
            'Say as whom to run, as a number: runAsUser.',
          ],
          explanation:
            'runAsNonRoot refuses to start an image that runs as root. With a UID other than 0 in ' +
            'runAsUser both agree.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            { image: 'busybox', command: ['sleep', '100000'] },
            { securityContext: { runAsNonRoot: true } },
          ),
        ])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        isUp(web),
        goal(
          `No container of ${web} runs as root, and none may.`,
          `${web}의 어느 컨테이너도 root로 실행되지 않으며, 실행될 수도 없습니다.`,
          (desk) => {
            const { cluster } = desk
            if (!comesUp(desk, web, 2)) return false
            const settings = podsOf(cluster, web).flatMap(({ metadata }) =>
              cluster.state.security(`default/${metadata.name ?? ''}`),
            )
            return (
              settings.length > 0 &&
              settings.every(({ uid, runAsNonRoot }) => uid.value !== 0 && runAsNonRoot.value)
            )
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.securityContext',
            'spec.template.spec.containers.*.securityContext',
          ),
        }),
      ],
      solution:
        `kubectl patch deployment ${web} -p ` +
        `'{"spec":{"template":{"spec":{"securityContext":{"runAsUser":1000}}}}}'`,
      wrongRepairs: [
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { securityContext: { runAsNonRoot: false } } } },
          }),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/securityContext' }]),
          'sleep 60',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: { spec: { containers: [{ name: web, securityContext: { runAsNonRoot: false } }] } },
            },
          }),
          'sleep 60',
        ),
        lines(`kubectl set image deployment/${web} ${web}=nginxinc/nginx-unprivileged`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('read-only-root', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad', 'cks'],
      texts: {
        ko: {
          title: '다시 뜨고 또 죽는 프로그램',
          symptom: `${web}이 CrashLoopBackOff입니다. 루트 파일 시스템은 읽기 전용으로 두라는 것이 규정입니다.`,
          hints: [
            `kubectl logs deployment/${web}`,
            '프로그램이 어느 디렉터리에 쓰려고 하나요?',
            '그 디렉터리에만 쓸 수 있는 볼륨(emptyDir)을 마운트하세요.',
          ],
          explanation:
            '프로그램은 /tmp에 상태를 쓰는데 루트 파일 시스템이 읽기 전용입니다. 필요한 곳에만 emptyDir을 마운트하면 나머지는 읽기 전용으로 ' +
            '남습니다.',
        },
        en: {
          title: 'A container that keeps restarting',
          symptom: `${web} is in CrashLoopBackOff. By the rules its root filesystem must stay read-only.`,
          hints: [
            `kubectl logs deployment/${web}`,
            'To which directory does the program write?',
            'Mount a writable volume (emptyDir) there and nowhere else.',
          ],
          explanation:
            'The program writes its state to /tmp, and the root filesystem is read-only. An emptyDir ' +
            'where it is needed leaves the ' +
            'rest read-only.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            image: 'busybox',
            command: ['sh', '-c', 'echo started > /tmp/state || exit 1; sleep 100000'],
            securityContext: { readOnlyRootFilesystem: true },
          }),
        ])
        cluster.advance('2m')
      },
      shows: { run: 'kubectl get pods', prints: /CrashLoopBackOff/ },
      goals: [
        isUp(web),
        goal(
          `The root filesystem of ${web} is read-only, and nothing but a volume at /tmp can be written.`,
          `${web}의 루트 파일 시스템은 읽기 전용이고, /tmp의 볼륨에만 쓸 수 있습니다.`,
          ({ cluster }) => {
            const spec = templateOf(cluster, web)
            return (
              spec?.containers.length === 1 &&
              spec.containers.every(
                ({ securityContext, volumeMounts = [] }) =>
                  securityContext?.readOnlyRootFilesystem === true &&
                  securityContext.privileged !== true &&
                  volumeMounts.every(({ mountPath }) => /^\/tmp(\/|$)/.test(mountPath)),
              ) &&
              (spec.volumes ?? []).every(({ emptyDir }) => emptyDir !== undefined)
            )
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.volumes',
            'spec.template.spec.containers.*.volumeMounts',
          ),
        }),
      ],
      solution:
        `kubectl patch deployment ${web} -p ` +
        `'{"spec":{"template":{"spec":{"volumes":[{"name":"tmp","emptyDir":{}}],` +
        `"containers":[{"name":"${web}","volumeMounts":[{"name":"tmp","mountPath":"/tmp"}]}]}}}}'`,
      wrongRepairs: [
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: { containers: [{ name: web, securityContext: { readOnlyRootFilesystem: false } }] },
              },
            },
          }),
          'sleep 120',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { containers: [{ name: web, command: ['sleep', '100000'] }] } } },
          }),
          'sleep 120',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: {
                  volumes: [{ name: 'tmp', hostPath: { path: '/tmp' } }],
                  containers: [{ name: web, volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }],
                },
              },
            },
          }),
          'sleep 120',
        ),
        lines(`kubectl set image deployment/${web} ${web}=nginx`, 'sleep 120'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
]
