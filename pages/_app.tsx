import type { AppProps } from 'next/app';
import { FrameContext, frameIn, type FramedProps } from '../components/frame-context';

export default function App({ Component, pageProps }: AppProps<FramedProps>) {
  return (
    <FrameContext.Provider value={frameIn(pageProps)}>
      <Component {...pageProps} />
    </FrameContext.Provider>
  );
}
