/** Icons are compiled into the bundle as text (see `loader` in angular.json). */
declare module '*.svg' {
  const text: string;
  export default text;
}
