// Training by hand: batches, loss, gradients, updates, a schedule, and a look at the test items.
//   dotnet run samples/training-loop.cs
#:package Fovea@0.1.*-*
using Fovea;
using Fovea.Data;
using Fovea.Losses;

DataSource shapes = Datasets.Open("shapes");
Sequential net = new(
    new Conv2d(1, 16, 3, padding: Padding.Same),
    new BatchNorm2d(16),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(16, 32, 3, padding: Padding.Same),
    new BatchNorm2d(32),
    new ReLU(),
    new MaxPool2d(2),
    new Conv2d(32, 32, 3, padding: Padding.Same),
    new ReLU(),
    new GlobalMaxPool(flatten: true),
    new Linear(32, shapes.Train.Classes.Count)
);
net.Initialize(seed: 1);
CrossEntropy loss = new(labelSmoothing: 0.1);
Adam optimizer = new(net, learningRate: 0.01);
Loader training = new(
    shapes.Train,
    new LoaderOptions
    {
        BatchSize = 64,
        Shuffle = true,
        Seed = 1,
    }
);
const int Updates = 90;
OneCycle schedule = new(Updates);

long step = 0;
foreach (Batch batch in training.Epoch(0).Take(Updates))
{
    optimizer.LearningRate = 0.01 * schedule.Factor(step++);
    optimizer.ZeroGrad();
    Tensor error = loss.Forward(net.Forward(batch.Inputs), batch.Targets);
    error.Backward();
    GradientClipping.ByNorm(net.Parameters(), maxNorm: 5);
    optimizer.Step();
    if (step % 30 == 0)
    {
        Console.WriteLine($"update {step, 3}  loss {error.Item():F3}");
    }
}

// In evaluation, batch normalization uses what it saw in training; no gradients are kept.
net.Eval();
int right = 0;
int seen = 0;
using (NoGrad.Enter())
{
    foreach (Batch batch in new Loader(shapes.Test, new LoaderOptions { BatchSize = 100 }).Epoch(0).Take(5))
    {
        Tensor found = net.Forward(batch.Inputs).ArgMax(axis: 1);
        right += (int)found.EqualTo(batch.Targets).To(DType.Float32).Sum().Item();
        seen += batch.Targets.Shape[0];
    }
}

Console.WriteLine($"right: {right} of {seen}");
