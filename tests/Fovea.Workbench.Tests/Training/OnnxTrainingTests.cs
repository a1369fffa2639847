using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>ONNX files as networks to train, measure and ask.</summary>
public sealed class OnnxTrainingTests : IDisposable
{
    private const string Text =
        "conv 6 3 padding=same bias=false; bn; relu; maxpool 2; globalavgpool flatten=true; linear classes";

    private static readonly TrainingRequest Few = new()
    {
        Data = "shapes",
        TrainCount = 80,
        TestCount = 40,
        Epochs = 1,
        Batch = 16,
        Preflight = false,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OnnxFile_GivesTheBitsOfTheNetworkItWasWrittenFrom()
    {
        string first = Train(new TrainingRequest { Model = Text }, "first"),
            file = Export(first);

        // Further training of the run's weights, by the network text and by the file.
        string byText = Train(new TrainingRequest { Model = Text, Init = first }, "text"),
            byFile = Train(new TrainingRequest { Model = file }, "file");

        Assert.Equal(Losses(byText), Losses(byFile));
    }

    [Fact]
    public void Run_OnnxFileGone_GoesOnAndIsMeasured()
    {
        string file = Export(Train(new TrainingRequest { Model = Text }, "first")),
            run = Train(new TrainingRequest { Model = file }, "file");
        File.Delete(file);

        TrainingResult longer = Trainer.Resume(run, new TrainingRequest { Epochs = 2 });

        Assert.Equal(TrainingOutcome.Finished, longer.Outcome);
        Assert.Equal(2, longer.Last!.Epoch);
        Assert.IsType<OnnxNetwork>(TrainedModel.Load(run).Model);
    }

    [Fact]
    public void OfStructure_OtherClasses_KeepsAllButTheLastLayer()
    {
        string file = Export(Train(new TrainingRequest { Model = Text }, "first"));
        OnnxNetwork whole = OnnxNetwork.Load(file);

        OnnxNetwork three = OnnxNetwork.OfStructure(OnnxNetwork.ReadStructure(file), "three", 3);
        StateMatch match = three.LoadMatching(whole.StateDict());

        Assert.Equal(["[10, 6] there, [3, 6] here", "[10] there, [3] here"], Mismatched(match));
        Assert.Equal(whole.StateDict().Count - 2, match.Loaded.Count);
        Assert.Equal(SymbolicShape.BatchOf([3]), three.ToGraph().Output.Shape);
    }

    [Fact]
    public void OfStructure_SoftmaxAtTheEnd_GivesScores()
    {
        string file = Export(Train(new TrainingRequest { Model = Text + "; softmax" }, "first"));

        OnnxNetwork network = OnnxNetwork.OfStructure(OnnxNetwork.ReadStructure(file), "scores", 10);

        Assert.DoesNotContain(network.ToGraph().Nodes, n => n.Operator.Name == "Softmax");
        Assert.Contains(OnnxNetwork.Load(file).ToGraph().Nodes, n => n.Operator.Name == "Softmax");
    }

    [Fact]
    public void ReadStructure_Weights_AreLeftOut()
    {
        string file = Export(Train(new TrainingRequest { Model = Text }, "first"));

        OnnxNetwork empty = OnnxNetwork.Read(OnnxNetwork.ReadStructure(file));

        Assert.All(empty.Parameters(), p => Assert.All(p.ToArray<float>(), v => Assert.Equal(0f, v)));
        Assert.Equal(OnnxNetwork.Load(file).StateDict().Keys, empty.StateDict().Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1.0)]
    public void Load_FileOfARun_IsMeasuredAsTheRun(double? range)
    {
        string run = Train(new TrainingRequest { Model = Text }, "first");
        Fovea.Data.DataSource data = Fovea.Data.Datasets.Open("shapes", new() { TrainCount = 80, TestCount = 40 });

        EvaluationResult own = TrainedModel.Load(run).Evaluate(data),
            file = TrainedModel.Load(Export(run, range)).Evaluate(data);

        Assert.Equal(own.Accuracy, file.Accuracy);
        Assert.Equal(own.Loss, file.Loss, 1e-5);
    }

    [Fact]
    public void Load_FileWithoutPreprocessing_SaysSoAndTakesValuesOf0To1()
    {
        string file = _folder.File("bare.onnx");
        OnnxExport.Save(ModelSource.Create(Text, [1, 32, 32], 10), [1, 32, 32], file);
        List<string> notices = [];

        TrainedModel model = TrainedModel.Load(file, notices.Add);
        EvaluationResult result = model.Evaluate(
            Fovea.Data.Datasets.Open("shapes", new() { TrainCount = 80, TestCount = 40 })
        );

        Assert.Contains(notices, n => n.Contains("says nothing of preprocessing", StringComparison.Ordinal));
        Assert.Equal(40, result.N);
    }

    private static string[] Mismatched(StateMatch match) =>
        [.. match.Mismatched.Select(m => $"{m.Given} there, {m.Wanted} here").OrderByDescending(t => t.Length)];

    private string Train(TrainingRequest request, string name)
    {
        string folder = _folder.File(name);
        Trainer.Run(Few with { Model = request.Model, Init = request.Init, Out = folder });
        return folder;
    }

    private string Export(string run, double? range = null)
    {
        string file = _folder.File($"{Path.GetFileName(run)}{range}.onnx");
        NetworkExport.Save(run, file, new NetworkExportRequest { PixelRange = range });
        return file;
    }

    private static string[] Losses(string run) =>
        [.. MetricsLog.Read(Path.Combine(run, "metrics.jsonl")).Select(m => $"{m.Loss:R} {m.ValidationLoss:R}")];
}
