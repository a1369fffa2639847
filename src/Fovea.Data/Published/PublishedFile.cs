namespace Fovea.Data;

/// <summary>A file of a published data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Md5">The checksum that is published with it, in small hexadecimal digits.</param>
internal sealed record PublishedFile(string Name, string Md5);
