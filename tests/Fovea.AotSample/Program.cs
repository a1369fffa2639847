// Trains a user's own network by hand and through the workbench, resumes, saves, runs it compiled, and asks the
// questions. What it prints holds every bit of the results, so that two ways of running it can be compared.
using System.Globalization;
using System.Runtime.InteropServices;
using Fovea;
using Fovea.AotSample;
using Fovea.Data;
using Fovea.Graphs;
using Fovea.Interop;
using Fovea.Kernels;
using Fovea.Losses;
using Fovea.Models;
using Fovea.Workbench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine($"{CpuTier.Bits}-bit vectors");
DataSource data = Datasets.Open("shapes", new DataOptions { TrainCount = 256, TestCount = 64 });

SmallNet net = New();
Console.WriteLine(string.Join(' ', net.NamedParameters().Select(p => p.Path)));
ByHand(net, data);
Show("weights", [.. net.Parameters().SelectMany(p => p.ToArray())]);

Tensor images = Tensor.Normal([4, 1, 32, 32], rng: new Rng(3));
net.Eval();
Show("eager", net.Forward(images).ToArray());
Show("compiled", net.Compile([1, 32, 32]).Run(images).ToArray());

string folder = Directory.CreateTempSubdirectory("fovea-aot-").FullName;
string file = Path.Combine(folder, "net.safetensors");
net.Save(file);
SmallNet again = New();
again.Load(file);
Show("loaded", again.Eval().Forward(images).ToArray());

TrainingOptions options = new()
{
    Epochs = 2,
    Batch = 32,
    Preflight = false,
    Seed = 5,
    Augment = "flip",
    Schedule = "cosine",
    Out = Path.Combine(folder, "run"),
};
using (CancellationTokenSource stop = new())
{
    TrainingResult cut = Trainer.Fit(New(), data, options, observer: new StopAfter(5, stop), cancel: stop.Token);
    Console.WriteLine(cut.Outcome);
}

TrainingResult done = Trainer.ResumeFit(New(), data, options);
Console.WriteLine($"{done.Outcome} {done.Last!.Loss:R} {done.Last.ValidationLoss:R} {done.Test!.Loss:R}");

var (model, item) = ModelSource.Create("resnet18");
Inspection inspection = Inspection.Of(Graph.Trace(model, item, training: true));
Console.WriteLine($"{inspection.Totals.Params} {inspection.Totals.Macs}");
foreach (Answer answer in inspection.Answers)
{
    Console.WriteLine($"{answer.Id} {answer.Verdict} {answer.Finding}");
}

Directory.Delete(folder, recursive: true);

static SmallNet New()
{
    SmallNet net = new(new Sequential(new GlobalAvgPool(flatten: true), new Linear(8, 10)));
    net.Initialize(seed: 1);
    return net;
}

static void ByHand(Module net, DataSource data)
{
    AdamW optimizer = new(net, learningRate: 0.01);
    CrossEntropy loss = new(labelSmoothing: 0.1);
    Loader loader = new(
        data.Train,
        new LoaderOptions
        {
            BatchSize = 32,
            Shuffle = true,
            Seed = 1,
        }
    );
    foreach (Batch batch in loader.Epoch(0))
    {
        optimizer.ZeroGrad();
        Tensor error = loss.Forward(net.Forward(batch.Inputs), batch.Targets);
        error.Backward();
        optimizer.Step();
        Show("loss", error.ToArray());
    }
}

// A few values to read, and a sum over all bits.
static void Show(string name, ReadOnlySpan<float> values)
{
    ulong hash = 14695981039346656037; // FNV-1a
    foreach (byte b in MemoryMarshal.AsBytes(values))
    {
        hash = unchecked((hash ^ b) * 1099511628211);
    }

    Console.WriteLine($"{name} {hash:x16} {string.Join(' ', values[..Math.Min(4, values.Length)].ToArray())}");
}
