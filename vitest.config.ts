import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/{unit,contract,golden,fuzz,tidy,vectors}/**/*.test.ts'],
        },
      },
    ],
  },
});
