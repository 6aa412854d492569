//! How long each piece of work takes: `cargo bench --bench costs`.

mod work;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn costs(criterion: &mut Criterion) {
    for work::Work { name, unit, sizes, run } in work::all() {
        let mut group = criterion.benchmark_group(name);
        for (size, run) in sizes.iter().zip(&run) {
            group.throughput(Throughput::Elements(*size as u64));
            group.bench_function(BenchmarkId::new(unit, size), |bencher| bencher.iter(run));
        }
        group.finish();
    }
}

criterion_group!(benches, costs);
criterion_main!(benches);
